# SPDX-FileCopyrightText: 2026 The Piaoku developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tools of the platform say: formatters and validators, run side by side."""

import os
import re
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tree import Finding

CLANG_FORMAT = "clang-format-19"
BATCH = 24


def run(tree, *command):
    """The command's exit status and what it wrote, at the root of the tree."""
    try:
        done = subprocess.run(command, cwd=tree.root, capture_output=True, text=True, check=False, timeout=300)
    except FileNotFoundError:
        return 127, f"{command[0]} is not installed"
    return done.returncode, done.stdout + done.stderr


def batches(paths):
    return [paths[i : i + BATCH] for i in range(0, len(paths), BATCH)]


def check(tree, exceptions):
    jobs = []
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
        jobs += [pool.submit(clang_format, tree, some) for some in batches(tree.c_files())]
        jobs.append(pool.submit(blueprint_format, tree))
        jobs += [pool.submit(shellcheck, tree, path) for path in shell_scripts(tree)]
        jobs += [pool.submit(one, tree) for one in (desktop_file, metainfo, schemas, mallard, other_xml)]
        for job in jobs:
            yield from job.result()


def fix(tree):
    """Formats what the formatters can."""
    for some in batches(tree.c_files()):
        run(tree, CLANG_FORMAT, "-i", *some)
    blueprints = tree.match("data/ui/*.blp")
    if blueprints:
        run(tree, "blueprint-compiler", "format", "--fix", *blueprints)


def clang_format(tree, paths):
    status, said = run(tree, CLANG_FORMAT, "--dry-run", "--ferror-limit=1", *paths)
    if status == 127:
        return [Finding(paths[0], 1, "format", said)]
    first = {}
    for match in re.finditer(r"^(.+?):(\d+):\d+: (?:warning|error):", said, re.M):
        first.setdefault(match.group(1), int(match.group(2)))
    return [Finding(path, line, "format", "run ./dev tidy --fix") for path, line in first.items()]


def blueprint_format(tree):
    blueprints = tree.match("data/ui/*.blp")
    if not blueprints:
        return []
    found = []
    for path in blueprints:
        status, said = run(tree, "blueprint-compiler", "format", path)
        if status:
            line = re.search(r"@@ -(\d+)", said)
            found.append(Finding(path, int(line.group(1)) if line else 1, "format", "run ./dev tidy --fix"))
    return found


def shell_scripts(tree):
    return sorted(set(tree.scripts("bash")) | set(tree.scripts("/sh")) | set(tree.match("*.sh")))


def shellcheck(tree, path):
    _, said = run(tree, "shellcheck", "--format=gcc", "--severity=warning", path)
    return [
        Finding(path, int(match.group(1)), "shell", match.group(2))
        for match in re.finditer(rf"^{re.escape(path)}:(\d+):\d+: (.*)$", said, re.M)
    ] or ([Finding(path, 1, "shell", said)] if "not installed" in said else [])


def desktop_file(tree):
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for path in tree.match("data/*.desktop.in", "data/*.desktop"):
            copy = Path(folder) / Path(path).name.removesuffix(".in")
            copy.write_text(tree.text(path), encoding="utf-8")
            status, said = run(tree, "desktop-file-validate", str(copy))
            if status:
                found.append(Finding(path, 1, "desktop-file", said.strip().replace(str(copy), "").replace("\n", "; ")))
    return found


def metainfo(tree):
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for path in tree.match("data/*.metainfo.xml.in", "data/*.metainfo.xml"):
            copy = Path(folder) / Path(path).name.removesuffix(".in")
            copy.write_text(tree.text(path), encoding="utf-8")
            status, said = run(tree, "appstreamcli", "validate", "--no-net", "--explain",
                               "--override=url-homepage-missing=info", str(copy))
            if status:
                found.append(Finding(path, 1, "metainfo", " ".join(said.split())))
    return found


def schemas(tree):
    if not tree.match("data/*.gschema.xml"):
        return []
    status, said = run(tree, "glib-compile-schemas", "--strict", "--dry-run", "data")
    return [Finding(tree.match("data/*.gschema.xml")[0], 1, "schema", " ".join(said.split()))] if status else []


def mallard(tree):
    """Help pages are well formed, and their links lead to pages that exist."""
    pages = tree.match("help/*.page")
    names = {(str(Path(page).parent), Path(page).stem) for page in pages}
    found = well_formed(tree, pages)
    for page in pages:
        for number, line in enumerate(tree.lines(page), 1):
            for target in re.findall(r'xref="([\w-]+)', line):
                if (str(Path(page).parent), target) not in names:
                    found.append(Finding(page, number, "help", f"there is no page {target}"))
    return found


def other_xml(tree):
    return well_formed(tree, tree.match("data/*.xml", "data/*.ui", "data/*.svg", "data/*.xml.in"))


def well_formed(tree, paths):
    found = []
    for some in batches(paths):
        status, said = run(tree, "xmllint", "--nonet", "--noout", *some)
        for match in re.finditer(r"^(.+?):(\d+): (.*error.*)$", said, re.M):
            found.append(Finding(match.group(1), int(match.group(2)), "xml", match.group(3)))
        if status and not found:
            found.append(Finding(some[0], 1, "xml", " ".join(said.split())))
    return found


def translation(tree):
    """zh_CN is complete: nothing missing, nothing fuzzy, every placeholder kept."""
    return screen_translation(tree) + help_translation(tree)


def screen_translation(tree):
    path = "po/zh_CN.po"
    if not tree.exists(path):
        return []
    template = "_tidy.pot"
    with tempfile.TemporaryDirectory() as folder:
        made, merged = str(Path(folder) / template), str(Path(folder) / "merged.po")
        status, said = extract(tree, made)
        if status:
            return [Finding("po/POTFILES.in", 1, "translation", " ".join(said.split()))]
        status, said = run(tree, "msgmerge", "--quiet", "--no-fuzzy-matching", "-o", merged, path, made)
        if status:
            return [Finding(path, 1, "translation", " ".join(said.split()))]
        status, said = run(tree, "msgfmt", "--check", "--check-accelerators=_", "-o", "/dev/null", merged)
        found = [Finding(path, 1, "translation", line.replace(folder, "")) for line in said.splitlines() if status]
        for kind in ("untranslated", "only-fuzzy"):
            _, said = run(tree, "msgattrib", "--" + kind, "--no-wrap", "--no-obsolete", merged)
            found += [Finding(path, 1, "translation", f"{kind.split('-')[-1]}: {one}") for one in message_ids(said)]
    return found


def help_translation(tree):
    """The help is complete in every language of help/LINGUAS, and its pages are Mallard there too."""
    pages = tree.match("help/C/*.page")
    if not pages or not tree.exists("help/LINGUAS"):
        return []
    found = [Finding("help/meson.build", 1, "help", f"{Path(page).name} is not listed") for page in pages
             if f"'{Path(page).name}'" not in tree.text("help/meson.build")]
    for language in tree.text("help/LINGUAS").split():
        found += translated_help(tree, f"help/{language}/{language}.po", pages)
        found += help_labels(tree, language)
    return found


def help_labels(tree, language):
    """What the help calls a thing on a screen is written on a screen, in both languages."""
    path = f"help/{language}/{language}.po"
    written = {}
    for original, translated in texts(tree, f"po/{language}.po"):
        written.setdefault(plain(original), set()).add(plain(translated))
    found = []
    for original, translated in texts(tree, path):
        named, called = (re.findall(r"<gui>(.*?)</gui>", text) for text in (original, translated))
        if len(named) != len(called):
            found.append(Finding(path, 1, "help-label", f"names another number of things: {translated}"))
        for one, other in zip(named, called):
            if plain(other) not in written.get(plain(one), ()):
                found.append(Finding(path, 1, "help-label", f"no screen says “{one}” and “{other}” for it"))
    return found


def texts(tree, path):
    """The originals of a catalogue, each with its translation."""
    _, said = run(tree, "msgcat", "--no-wrap", path)
    return re.findall(r'^msgid "(.*)"\n(?:msgid_plural .*\n)?msgstr(?:\[0\])? "(.*)"$', said, re.M)


def plain(label):
    """Without its key and without the dots that say that a dialog comes."""
    return re.sub(r"\(_\w\)", "", label).replace("_", "").rstrip("…")


def translated_help(tree, path, pages):
    with tempfile.TemporaryDirectory() as folder:
        template, merged, made = (str(Path(folder) / name) for name in ("help.pot", "merged.po", "help.mo"))
        steps = [("itstool", "-o", template, *pages),
                 ("msgmerge", "--quiet", "--no-fuzzy-matching", "-o", merged, path, template),
                 ("msgfmt", "--check", "-o", made, merged),
                 ("itstool", "-m", made, "-o", folder, *pages),
                 ("yelp-check", "validate", *[str(Path(folder) / Path(page).name) for page in pages])]
        for step in steps:
            status, said = run(tree, *step)
            if status:
                return [Finding(path, 1, "help", " ".join(said.split()).replace(folder, ""))]
        return [Finding(path, 1, "help", f"{kind.split('-')[-1]}: {one}") for kind in ("untranslated", "only-fuzzy")
                for one in message_ids(run(tree, "msgattrib", "--" + kind, "--no-wrap", "--no-obsolete", merged)[1])]


def extract(tree, made):
    return run(tree, "xgettext", "--files-from=po/POTFILES.in", "--from-code=UTF-8", "--keyword=_", "--keyword=N_",
               "--keyword=C_:1c,2", "--keyword=NC_:1c,2", "--keyword=g_dngettext:2,3", "--keyword=g_dgettext:2",
               "--keyword=ngettext:1,2", "--keyword=g_dpgettext2:2c,3", "--flag=g_strdup_printf:1:c-format",
               "--flag=piao_error_set:4:c-format", "-o", made)


def message_ids(text):
    ids = re.findall(r'^msgid ((?:".*"\n?)+)', text, re.M)
    joined = ["".join(re.findall(r'"(.*)"', one)) for one in ids]
    return [one for one in joined if one]
