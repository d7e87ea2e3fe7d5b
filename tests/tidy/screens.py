# SPDX-FileCopyrightText: 2026 The Piaoku developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A page is a Blueprint template plus a small class of the same name: data/ui/order/piao-x.blp and
src/app/order/piao-x.c. What one binds the other has. Texts for people are in POTFILES.in."""

import re

from tree import Finding, line_of

TEMPLATE = re.compile(r"\btemplate\s+\$(\w+)\s*:")
HANDLER = re.compile(r"(?:=>|bind|:)\s*\$(\w+)\s*\(")
OBJECT_ID = r"\b{}\s*\{{"
SET_TEMPLATE = re.compile(r"\bset_template_from_resource\s*\([^;]*?;", re.S)
SET_TEMPLATE_NAME = re.compile(r"/(?:ui/)?([\w-]+/[\w-]+)\.ui\b")
BIND_CHILD = re.compile(r"\bbind_template_child(?:_full|_internal|_private)?\s*\(\s*\w+\s*,\s*\w+\s*,\s*(\w+)\s*\)")
BIND_MACRO = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)[ \t]*\(\w+\)(?:[^\n]*\\\n)*[^\n]*bind_template_(child|callback)\b", re.M)
BIND_CALLBACK = re.compile(r"\bbind_template_callback(?:_full)?\s*\(\s*\w+\s*,\s*\"?(\w+)\"?")

C_TEXT = re.compile(r"(?<![\w])(?:_|N_|C_|NC_|Q_|gettext|ngettext|g_dngettext|g_dgettext|g_dpgettext2)\s*\(\s*\"")
C_TEXT_MACRO = re.compile(r"(?<!\w)(?:_|N_|ngettext)\s*\(\s*(?:\"(?:\\\\.|[^\"\\\\])*\"\s*)+(G_\w+_FORMAT)")
BLUEPRINT_TEXT = re.compile(r"(?<![\w])C?_\s*\(\s*[\"']")
XML_TEXT = re.compile(r"\btranslatable=\"yes\"")
POTFILES, POTFILES_SKIP = "po/POTFILES.in", "po/POTFILES.skip"


def check(tree, exceptions):
    yield from check_templates(tree)
    yield from check_classes(tree)
    yield from check_potfiles(tree)
    yield from check_macros(tree)


def without_macros(code):
    return re.sub(r"\bgtk_widget_class_(?=bind_|set_)", "", code)


def check_templates(tree):
    listed = {p: tree.text(p) for p in ("data/ui/meson.build", "data/piaoku.gresource.xml") if tree.exists(p)}
    for path in tree.match("data/ui/*.blp"):
        name = path.removeprefix("data/ui/").removesuffix(".blp")
        for holder, text in listed.items():
            if name + (".blp" if holder.endswith("meson.build") else ".ui") not in text:
                yield Finding(path, 1, "template", f"is not listed in {holder}")
        blueprint = tree.code(path)
        if not TEMPLATE.search(blueprint):
            continue
        source = f"src/app/{name}.c"
        if not tree.exists(source):
            yield Finding(path, 1, "template", f"has no class: {source} is missing")
            continue
        yield from check_pair(path, blueprint, source, tree)


def check_pair(path, blueprint, source, tree):
    code = without_macros(tree.code(source))
    names = [m for call in SET_TEMPLATE.findall(code) for m in SET_TEMPLATE_NAME.findall(call)]
    name = path.removeprefix("data/ui/").removesuffix(".blp")
    if name not in names:
        yield Finding(source, 1, "template", f"does not take {name}.ui as its template")
    children, callbacks = bound_names(code)
    for child, line in children:
        if not re.search(OBJECT_ID.format(re.escape(child)), blueprint):
            yield Finding(source, line, "template", f"binds “{child}”, which {path} does not have")
    known = {callback for callback, _ in callbacks}
    for match in HANDLER.finditer(blueprint):
        if match.group(1) not in known and not match.group(1)[0].isupper():
            what = f"calls ${match.group(1)}, which {source} does not bind"
            yield Finding(path, line_of(blueprint, match.start()), "template", what)


def bound_names(code):
    """The (name, line) pairs of bound children and callbacks, also through a local macro."""
    children = [(m.group(1), line_of(code, m.start())) for m in BIND_CHILD.finditer(code)]
    callbacks = [(m.group(1), line_of(code, m.start())) for m in BIND_CALLBACK.finditer(code)]
    for macro in BIND_MACRO.finditer(code):
        target = children if macro.group(2) == "child" else callbacks
        for use in re.finditer(rf"^[ \t]*{macro.group(1)}\s*\(\s*(\w+)\s*\)", code, re.M):
            target.append((use.group(1), line_of(code, use.start())))
        parameter = re.search(r"\((\w+)\)", macro.group(0)).group(1)
        target[:] = [one for one in target if one[0] != parameter]
    return children, callbacks


def check_classes(tree):
    for path in tree.match("src/app/*.c"):
        code = without_macros(tree.code(path))
        for call in SET_TEMPLATE.finditer(code):
            for name in SET_TEMPLATE_NAME.findall(call.group(0)):
                if not tree.exists(f"data/ui/{name}.blp"):
                    what = f"its template data/ui/{name}.blp is missing"
                    yield Finding(path, line_of(code, call.start()), "template", what)


def has_text(tree, path):
    if path.endswith((".c", ".h")):
        return C_TEXT.search(tree.code(path))
    if path.endswith(".blp"):
        return BLUEPRINT_TEXT.search(tree.code(path))
    if path.endswith((".desktop.in", ".metainfo.xml.in")):
        return re.search(r".", tree.text(path))
    return XML_TEXT.search(tree.text(path))


def listed_in(tree, path):
    if not tree.exists(path):
        return {}
    lines = enumerate(tree.lines(path), 1)
    return {line.strip(): number for number, line in lines if line.strip() and not line.startswith("#")}


def check_potfiles(tree):
    if not tree.exists(POTFILES):
        return
    listed, skipped = listed_in(tree, POTFILES), listed_in(tree, POTFILES_SKIP)
    for path, number in listed.items():
        if not tree.exists(path):
            yield Finding(POTFILES, number, "potfiles", f"{path} does not exist: remove the line")
    candidates = tree.match("src/*.c", "src/*.h", "data/*.blp", "data/*.ui",
                            "data/*.desktop.in", "data/*.metainfo.xml.in")
    for path in candidates:
        if path in listed or path in skipped:
            continue
        match = has_text(tree, path)
        if match:
            text = tree.code(path) if path.endswith((".c", ".h", ".blp")) else tree.text(path)
            yield Finding(path, line_of(text, match.start()), "potfiles", f"has texts for people: add it to {POTFILES}")


def check_macros(tree):
    """xgettext sees only the text before such a macro, so the sentence would never be translated."""
    for path in tree.sources():
        code = tree.code(path)
        for match in C_TEXT_MACRO.finditer(code):
            what = f"xgettext cuts the sentence at {match.group(1)}: use PRIi64 or %zu"
            yield Finding(path, line_of(code, match.start()), "text-macro", what)
