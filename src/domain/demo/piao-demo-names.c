/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "domain/demo/piao-demo-names.h"

static const char *const surnames[]
    = { "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "马", "朱", "胡",
        "郭", "何", "高", "林", "罗", "郑", "梁", "谢", "宋", "唐", "许", "韩", "冯", "邓", "曹" };
static const char *const given_first[]
    = { "建", "晓", "志", "文", "海", "玉", "春", "秀", "国", "丽", "永", "红", "新", "雪", "天" };
static const char *const given_second[]
    = { "华", "明", "军", "梅", "芳", "强", "霞", "平", "辉", "兰", "山", "玲", "峰", "娟", "荣" };
static const char *const uyghur_names[]
    = { "阿卜杜拉", "买买提",   "艾尔肯",   "古丽娜尔", "热依汗",   "吐尔逊",   "帕提古丽",
        "依力哈木", "阿依古丽", "玉山江",   "麦麦提",   "努尔古丽", "艾合买提", "迪丽拜尔",
        "库尔班",   "塔依尔",   "阿孜古丽", "牙生",     "肉孜",     "米热古丽" };
static const char *const uyghur_fathers[]
    = { "买买提", "吐尔逊", "艾合买提", "库尔班", "玉素甫",   "依明",     "托合提",
        "牙生",   "肉孜",   "尼亚孜",   "萨迪克", "阿卜力孜", "艾买提江", "司马义" };
static const char *const streets[]
    = { "北京路", "友好路", "天山路", "团结路", "光明路", "人民路", "解放路", "文化路",
        "建设路", "迎宾路", "红旗路", "和平路", "青年路", "新华路", "胜利路", "绿洲路" };
static const char *const shop_words[]
    = { "鸿运", "福源", "吉祥", "顺达", "天天", "雪莲", "丝路", "金胡杨",
        "丰收", "如意", "好彩", "长乐", "瑞丰", "绿洲", "喜来", "兴旺" };
static const char *const shop_kinds[]
    = { "体彩店", "体彩店", "体彩店", "便利店", "超市", "烟酒店" };

#define PICK(rand, list) ((list)[g_rand_int_range (rand, 0, G_N_ELEMENTS (list))])

char *
piao_demo_name_person (GRand *rand)
{
  if (g_rand_int_range (rand, 0, 100) < 45)
    return g_strconcat (PICK (rand, uyghur_names), "·", PICK (rand, uyghur_fathers), NULL);
  return g_strconcat (PICK (rand, surnames), PICK (rand, given_first), PICK (rand, given_second),
                      NULL);
}

char *
piao_demo_name_phone (GRand *rand)
{
  return g_strdup_printf ("1380000%04d", g_rand_int_range (rand, 0, 10000));
}

char *
piao_demo_name_shop (GRand *rand, const char *county)
{
  const char *word = PICK (rand, shop_words);
  const char *street = PICK (rand, streets);

  return g_strconcat (county, street, word, PICK (rand, shop_kinds), NULL);
}

char *
piao_demo_name_address (GRand *rand, const char *county)
{
  const char *street = PICK (rand, streets);

  return g_strdup_printf ("%s%s %d 号", county, street, g_rand_int_range (rand, 1, 400));
}
