#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Piaoku developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each rule of tidy catches a planted violation, at its line, and leaves a clean tree alone."""

import importlib.machinery
import importlib.util
import re
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True

from tree import Tree, functions  # noqa: E402


def load_tidy():
    loader = importlib.machinery.SourceFileLoader("tidy_main", str(HERE / "tidy"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("tidy_main", loader))
    loader.exec_module(module)
    return module


TIDY = load_tidy()
C = "/* SPDX-FileCopyrightText: 2026 X\n * SPDX-License-Identifier: GPL-3.0-or-later */\n"
BLP = "// SPDX-FileCopyrightText: 2026 X\n// SPDX-License-Identifier: GPL-3.0-or-later\n"
PY = BLP.replace("//", "#")
FUNCTION = C + "\nvoid\nf (void)\n{{\n  {};\n}}\n"
MALLARD = (
    '<page xmlns="http://projectmallard.org/1.0/" type="topic" id="a"><title>Sentence</title></page>\n'
)
CATALOGUE = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'
CSV = "id,section\nWHS-08,x\n"
PAGE_C = (
    C + "static void\npiao_x_class_init (PiaoXClass *klass)\n{\n"
    '  gtk_widget_class_set_template_from_resource (w, "/io/ui/order/piao-x.ui");\n'
    "  gtk_widget_class_bind_template_child (w, PiaoX, list);\n"
    "  gtk_widget_class_bind_template_callback (w, on_row);\n}\n"
)
PAGE_BLP = BLP + "using Gtk 4.0;\ntemplate $PiaoX : Gtk.Widget {\n  ListView list {\n    activate => $on_row();\n  }\n}\n"

# rule, files, where it must be found
PLANTED = [
    ("floor", {"src/base/a.c": C + '#include "store/b.h"\n'}, "src/base/a.c:3"),
    ("floor", {"src/domain/order/a.c": C + '#include "app/b.h"\n'}, "src/domain/order/a.c:3"),
    ("floor", {"src/print/a.c": C + '\n#include "sync/b.h"\n'}, "src/print/a.c:4"),
    ("floor", {"src/sandbox/a.c": C + '#include "domain/order/b.h"\n'}, "src/sandbox/a.c:3"),
    ("floor", {"src/sandbox/a.c": C + '#include "ilms/piao-gateway-client.h"\n'}, "src/sandbox/a.c:3"),
    ("floor", {"src/app/order/a.c": C + '#include "app/stock/b.h"\n'}, "src/app/order/a.c:3"),
    ("floor", {"src/domain/order/a.c": C + "#include <gtk/gtk.h>\n"}, "src/domain/order/a.c:3"),
    ("floor", {"src/domain/order/a.c": C + "#include <libsoup/soup.h>\n"}, "src/domain/order/a.c:3"),
    ("floor", {"src/app/order/a.c": C + "#include <sqlite3.h>\n"}, "src/app/order/a.c:3"),
    ("floor", {"src/attic/a.c": C}, "src/attic/a.c:1"),
    (
        "floor",
        {
            "src/domain/order/a.c": C + '#include "domain/pack/p.h"\n',
            "src/domain/pack/b.c": C + '#include "domain/order/o.h"\n',
        },
        "src/domain/pack/b.c:3",
    ),
    ("unsafe", {"src/base/a.c": FUNCTION.format("strcpy (a, b)")}, "src/base/a.c:7"),
    ("unsafe", {"tests/base/a.c": FUNCTION.format("sprintf (a, b)")}, "tests/base/a.c:7"),
    ("unsafe", {"src/app/a.c": FUNCTION.format("gets (a)")}, "src/app/a.c:7"),
    ("unsafe", {"src/store/a.c": FUNCTION.format("n = atoi (a)")}, "src/store/a.c:7"),
    ("shell", {"src/app/a.c": FUNCTION.format('system ("rm")')}, "src/app/a.c:7"),
    ("print", {"src/domain/order/a.c": FUNCTION.format('g_print ("x")')}, "src/domain/order/a.c:7"),
    ("clock", {"src/domain/order/a.c": FUNCTION.format("g_get_real_time ()")}, "src/domain/order/a.c:7"),
    ("clock", {"src/store/a.c": FUNCTION.format("g_get_monotonic_time ()")}, "src/store/a.c:7"),
    ("random", {"src/domain/order/a.c": FUNCTION.format("g_random_int ()")}, "src/domain/order/a.c:7"),
    ("environment", {"src/sync/a.c": FUNCTION.format('g_getenv ("X")')}, "src/sync/a.c:7"),
    ("disown", {"src/app/a.c": FUNCTION.format("dex_future_disown (f)")}, "src/app/a.c:7"),
    ("items-changed", {"src/store/a.c": FUNCTION.format("g_list_model_items_changed (m, 0, n, n)")}, "src/store/a.c:7"),
    ("whole-list", {"src/app/a.c": FUNCTION.format("gtk_sort_list_model_new (a, b)")}, "src/app/a.c:7"),
    ("whole-list", {"data/ui/o/a.blp": BLP + "FilterListModel m {}\n"}, "data/ui/o/a.blp:3"),
    ("sleep", {"tests/app/a.c": FUNCTION.format("g_usleep (5)")}, "tests/app/a.c:7"),
    ("sleep", {"tests/e2e/a.py": PY + "import time\ntime.sleep(1)\n"}, "tests/e2e/a.py:4"),
    ("sql", {"src/store/a.c": FUNCTION.format('g_strdup_printf ("SELECT * FROM t WHERE a = %s", x)')}, "src/store/a.c:7"),
    ("sql", {"src/store/a.c": FUNCTION.format("sqlite3_exec (db, text, NULL, NULL, NULL)")}, "src/store/a.c:7"),
    ("sql", {"src/app/a.c": C + 'PIAO_STATEMENT (x, "SELECT 1");\n'}, "src/app/a.c:3"),
    ("spdx", {"src/base/a.c": "int a;\n"}, "src/base/a.c:1"),
    ("spdx", {"data/style.css": ".a {}\n"}, "data/style.css:1"),
    ("spdx", {"tests/x/run": "#!/usr/bin/env bash\n"}, "tests/x/run:1"),
    ("file-length", {"src/base/a.c": C + "\n" * 900}, "src/base/a.c:800"),
    ("function-length", {"src/base/a.c": FUNCTION.format("a\n" * 80)}, "src/base/a.c:5"),
    ("open-end", {"src/base/a.c": C + "/* TODO: later */\n"}, "src/base/a.c:3"),
    ("open-end", {"data/schema/001.sql": "-- FIXME\n"}, "data/schema/001.sql:1"),
    ("requirement", {"src/base/a.c": C + "/* WHS-99 */\n", "data/reference/requirements.csv": CSV}, "src/base/a.c:3"),
    ("template", {"data/ui/order/piao-x.blp": PAGE_BLP}, "data/ui/order/piao-x.blp:1"),
    ("template", {"src/app/order/piao-x.c": PAGE_C}, "src/app/order/piao-x.c:6"),
    (
        "template",
        {"data/ui/order/piao-x.blp": PAGE_BLP.replace("list {", "table {"), "src/app/order/piao-x.c": PAGE_C},
        "src/app/order/piao-x.c:7",
    ),
    (
        "template",
        {"data/ui/order/piao-x.blp": PAGE_BLP.replace("$on_row", "$on_click"), "src/app/order/piao-x.c": PAGE_C},
        "data/ui/order/piao-x.blp:6",
    ),
    (
        "template",
        {"data/ui/meson.build": "", "data/ui/order/piao-x.blp": PAGE_BLP, "src/app/order/piao-x.c": PAGE_C},
        "data/ui/order/piao-x.blp:1",
    ),
    ("potfiles", {"po/POTFILES.in": "", "src/base/a.c": FUNCTION.format('_ ("Sentence.")')}, "src/base/a.c:7"),
    ("potfiles", {"po/POTFILES.in": "", "data/ui/o/a.blp": BLP + 'Label { label: _("A"); }\n'}, "data/ui/o/a.blp:3"),
    ("potfiles", {"po/POTFILES.in": "src/gone.c\n"}, "po/POTFILES.in:1"),
    ("text-macro", {"src/base/a.c": FUNCTION.format('_ ("Between %" G_GINT64_FORMAT " and")')}, "src/base/a.c:7"),
    ("exceptions", {"tests/tidy/exceptions.txt": "clock src/store/a.c still measures\n"}, "tests/tidy/exceptions.txt:1"),
    ("exceptions", {"tests/tidy/exceptions.txt": "clock\n"}, "tests/tidy/exceptions.txt:1"),
    ("format", {"src/base/a.c": C + "int   a;\n", ".clang-format": "BasedOnStyle: GNU\n"}, "src/base/a.c:3"),
    ("format", {"data/ui/o/a.blp": BLP + "using Gtk 4.0;\nLabel {label:'a';}\n"}, "data/ui/o/a.blp:1"),
    ("shell", {"tests/run": "#!/usr/bin/env bash\n" + PY + "cd /tmp\nx=$1\n"}, "tests/run:4"),
    ("desktop-file", {"data/a.desktop.in": "[Desktop Entry]\nName=A\n"}, "data/a.desktop.in:1"),
    ("metainfo", {"data/a.metainfo.xml.in": "<component><id>a</id></component>\n"}, "data/a.metainfo.xml.in:1"),
    ("schema", {"data/a.gschema.xml": "<schemalist><schema id='a'><key/></schema></schemalist>\n"}, "data/a.gschema.xml:1"),
    ("help", {"help/C/a.page": '<page id="a"><link xref="nowhere"/></page>\n'}, "help/C/a.page:1"),
    (
        "help",
        {
            "help/LINGUAS": "zh_CN\n",
            "help/meson.build": PY + "'a.page'\n",
            "help/C/a.page": MALLARD,
            "help/zh_CN/zh_CN.po": CATALOGUE,
        },
        "help/zh_CN/zh_CN.po:1",
    ),
    (
        "help",
        {"help/LINGUAS": "\n", "help/meson.build": PY, "help/C/a.page": MALLARD},
        "help/meson.build:1",
    ),
    (
        "help-label",
        {
            "help/LINGUAS": "zh_CN\n",
            "help/meson.build": PY + "'a.page'\n",
            "help/C/a.page": MALLARD,
            "help/zh_CN/zh_CN.po": CATALOGUE + '\nmsgid "<gui>Undo</gui>"\nmsgstr "<gui>撤回</gui>"\n',
            "po/zh_CN.po": CATALOGUE + '\nmsgid "_Undo…"\nmsgstr "撤销(_U)…"\n',
        },
        "help/zh_CN/zh_CN.po:1",
    ),
    (
        "help-label",
        {
            "help/LINGUAS": "zh_CN\n",
            "help/meson.build": PY + "'a.page'\n",
            "help/C/a.page": MALLARD,
            "help/zh_CN/zh_CN.po": CATALOGUE + '\nmsgid "<gui>Undo</gui>"\nmsgstr "撤销"\n',
            "po/zh_CN.po": CATALOGUE + '\nmsgid "_Undo…"\nmsgstr "撤销(_U)…"\n',
        },
        "help/zh_CN/zh_CN.po:1",
    ),
    ("xml", {"help/C/a.page": "<page>\n<p></page>\n"}, "help/C/a.page:2"),
    (
        "translation",
        {"po/POTFILES.in": "src/base/a.c\n", "po/zh_CN.po": "", "src/base/a.c": FUNCTION.format('_ ("Sentence.")')},
        "po/zh_CN.po:1",
    ),
]

CLEAN = {
    "src/base/piao-clock.c": FUNCTION.format("g_get_real_time ()"),
    "src/base/piao-a.c": FUNCTION.format('f ("strcpy (TO" "DO)") /* g_random_int () system ("x") */'),
    "src/domain/order/a.c": C + '#include "domain/pack/piao-pack-kinds.h"\n#include "store/s.h"\n/* WHS-08, UTF-16 */\n',
    "src/domain/pack/a.c": C + '#include "domain/order/piao-order-kinds.h"\n',
    "src/app/order/piao-x.c": PAGE_C + C + "static const char *a[] = {\n" + "  0,\n" * 90 + "};\n",
    "src/app/shell/piao-page-table.c": C + '#include "app/order/piao-x.h"\n',
    "src/sandbox/a.c": C + '#include "ilms/piao-envelope.h"\n',
    "src/store/a.c": FUNCTION.format("g_list_model_items_changed (m, 0, removed, added)"),
    "data/ui/order/piao-x.blp": PAGE_BLP,
    "data/ui/meson.build": "'order/piao-x.blp'\n",
    "data/reference/requirements.csv": CSV,
    "po/POTFILES.in": "",
}


class TidyTest(unittest.TestCase):
    def findings(self, files, groups):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                path = Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            return TIDY.findings(Tree(folder), groups)

    def test_each_rule_catches_what_is_planted(self):
        for rule, files, where in PLANTED:
            with self.subTest(rule=rule, where=where):
                found = self.findings(files, TIDY.GROUPS)
                named = {(f"{one.path}:{one.line}", one.rule) for one in found}
                self.assertIn((where, rule), named, "\n".join(map(str, found)))

    def test_a_clean_tree_is_left_alone(self):
        self.assertEqual(self.findings(CLEAN, ["tree"]), [])

    def test_every_rule_has_a_planted_violation(self):
        planted = {rule for rule, _, _ in PLANTED}
        for module in ("floors", "calls", "screens", "texts", "tools", "tree"):
            text = (HERE / f"{module}.py").read_text(encoding="utf-8")
            rules = set(re.findall(r'Finding\((?:[^()"]|\([^()]*\))*?"([a-z-]+)"', text))
            rules |= set(re.findall(r'^    \("([a-z-]+)", r"', text, re.M))
            self.assertLessEqual(rules, planted, module)

    def test_an_exception_excuses_one_place(self):
        files = {
            "src/store/a.c": FUNCTION.format("g_get_monotonic_time ()"),
            "src/store/b.c": FUNCTION.format("g_get_monotonic_time ()"),
            "tests/tidy/exceptions.txt": "clock src/store/a.c measures how long a scan took\n",
        }
        self.assertEqual([one.path for one in self.findings(files, ["tree"])], ["src/store/b.c"])

    def test_functions_are_found_whole(self):
        text = (
            "G_DEFINE_TYPE (X, x, Y)\n\nstatic const struct { int a; } b = { 1 };\nenum\n{\n  A,\n};\n"
            "static void\none (int a,\n     int b)\n{\n  if (a)\n    {\n    }\n}\n#define M(x) {\n"
            "int two (void) { return 0; }\n"
        )
        found = [(one.name, one.first, one.last) for one in functions(text)]
        self.assertEqual(found, [("one", 9, 15), ("two", 17, 17)])


if __name__ == "__main__":
    unittest.main()
