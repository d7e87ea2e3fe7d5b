# SPDX-FileCopyrightText: 2026 The Piaoku developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The practice workspace as a newcomer meets it: the real program on a private display, read
through AT-SPI, worked with keys and typed scans, killed, and cut from its lines."""

import glob
import json
import os
import signal
import sqlite3
import subprocess
import unittest
import urllib.request

import gi

gi.require_version('Atspi', '2.0')
from gi.repository import Atspi  # noqa: E402

from world import wait_until  # noqa: E402

FOLDER = os.path.join(os.environ['XDG_DATA_HOME'], 'piaoku', 'practice')
FITS = 0
# What the sentence about each kind of wrong code has to say.
SAID = {1: '票种不符', 3: '冻结', 4: '60 个月', 5: '不在本库房账上',
        6: '保安区码', 7: '无法识别'}
LINES = {'none': 0, 'centre': 1, 'ilms': 2, 'both': 3}
LONG = 120


def rows(name, sql):
    connection = sqlite3.connect('file:%s?mode=ro' % os.path.join(FOLDER, name), uri=True)
    try:
        return connection.execute(sql).fetchall()
    except sqlite3.OperationalError:
        return []  # not made yet
    finally:
        connection.close()


def one(name, sql):
    found = rows(name, sql)
    return found[0][0] if found else None


def keys(*words):
    subprocess.run(['xdotool', *words], check=True, timeout=30)


class App:
    def __init__(self):
        self.process = None

    def start(self):
        log = open(os.path.join(os.environ['TMPDIR'], 'app.log'), 'ab')
        self.process = subprocess.Popen(
            [os.environ['PIAOKU'], '--practice'], stderr=log, stdout=log,
            env={**os.environ, 'GTK_A11Y': 'atspi', 'GSETTINGS_BACKEND': 'memory'})
        log.close()
        wait_until('the queue is on screen', self.is_ready, LONG)
        keys('mousemove', '700', '25', 'click', '1')  # without a window manager: the focus

    def is_ready(self):
        assert self.process.poll() is None, 'the program ended: %d' % self.process.returncode
        return self.find('button', '下一单')

    def root(self):
        desktop = Atspi.get_desktop(0)
        for i in range(desktop.get_child_count()):
            child = desktop.get_child_at_index(i)
            if child is not None and child.get_process_id() == self.process.pid:
                return child
        return None

    def nodes(self):
        waiting = [self.root()]
        while waiting:
            node = waiting.pop()
            try:
                if node is None:
                    continue
                yield node
                waiting += [node.get_child_at_index(i) for i in range(node.get_child_count())]
            except gi.repository.GLib.Error:
                continue  # it went away while we looked

    def find_all(self, role, text=''):
        found = []
        for node in self.nodes():
            try:
                if (node.get_role_name() == role and text in (node.get_name() or '')
                        and node.get_state_set().contains(Atspi.StateType.SHOWING)):
                    found.append(node)
            except gi.repository.GLib.Error:
                continue
        return found

    def find(self, role, text=''):
        found = self.find_all(role, text)
        return found[0] if found else None

    def says(self, text):
        """Whether the line under the lines of the order says @text."""
        for node in self.find_all('status bar') + self.find_all('statusbar'):
            words = node.get_text_iface()
            if words is not None and text in Atspi.Text.get_text(words, 0, -1):
                return True
        return False

    def press(self, text):
        self.find('button', text).do_action(0)

    def scan(self, code, what, happened):
        """A typed burst. Where a busy machine tears it apart it is no scan and nothing is heard, so
        it is scanned again, as a person would."""
        for _ in range(10):
            keys('type', '--delay', '4', code)
            keys('key', 'Return')
            try:
                return wait_until(what, happened, 6)
            except AssertionError:
                continue
        raise AssertionError('ten scans and nothing: ' + what)

    def cut(self, which):
        keys('key', 'F10')
        items = wait_until('the menu is open',
                           lambda: (lambda found: found if len(found) == 4 else None)(
                               self.find_all('radio menu item')))
        # The tree is walked from its end.
        list(reversed(items))[LINES[which]].do_action(0)

    def kill(self):
        children = servants(self.process.pid)
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)
        wait_until('its processes end with it',
                   lambda: not any(os.path.exists('/proc/%d' % pid) for pid in children))

    def end(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)


def servants(parent):
    children = []
    for path in glob.glob('/proc/[0-9]*/stat'):
        try:
            with open(path) as stat:
                fields = stat.read().rsplit(')', 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            children.append(int(path.split('/')[2]))
    return children


def codes_of(order):
    text = subprocess.run([os.environ['PIAOKUCTL'], 'demo-codes', '--database',
                           os.path.join(FOLDER, 'replica.db')], check=True, capture_output=True,
                          text=True, timeout=60).stdout
    split = [line.split('\t') for line in text.splitlines()]
    return [(int(kind), code) for number, kind, code, _ in split if int(number) == order]


def labels():
    return set(glob.glob(os.path.join(FOLDER, 'labels', '*.pdf')))


class Desktop(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.app = App()
        cls.app.start()
        cls.confirmed = []

    @classmethod
    def tearDownClass(cls):
        cls.app.end()

    def tearDown(self):
        """What was on the screen when something failed."""
        if self._outcome.result.failures or self._outcome.result.errors:
            keep = os.environ.get('PIAOKU_E2E_KEEP')
            if keep:
                subprocess.run(['import', '-window', 'root', os.path.join(keep, 'e2e.png')])
                with open(os.path.join(keep, 'e2e.txt'), 'w') as tree:
                    tree.writelines('%s %r\n' % (node.get_role_name(), node.get_name())
                                    for node in self.app.nodes())

    # --- steps ---

    def picking(self):
        return wait_until('an order is open on the counter', lambda: rows(
            'replica.db', "SELECT id, number, packs FROM orders WHERE state = 'picking'"))[0]

    def state(self, order):
        return one('replica.db', 'SELECT state FROM orders WHERE id = %d' % order)

    def scanned(self, order):
        return one('replica.db', 'SELECT scanned FROM orders WHERE id = %d' % order)

    def scan_all(self, order):
        for kind, code in codes_of(order):
            if kind == FITS:
                before = self.scanned(order)
                self.app.scan(code, 'the scan of %s counts' % code,
                              lambda: self.scanned(order) == before + 1)
        self.assertEqual(self.scanned(order),
                         one('replica.db', 'SELECT packs FROM orders WHERE id = %d' % order))

    def open_counter(self):
        keys('key', 'alt+2')
        wait_until('the counter is in front', lambda: self.app.find('button', '缺票'))
        keys('key', 'F6')
        return wait_until('an order is open on the counter', self.on_screen)

    def on_screen(self):
        """The order being picked whose number the counter shows."""
        for row in rows('replica.db', "SELECT id, number, packs FROM orders"
                                      " WHERE state = 'picking'"):
            if any((label.get_name() or '').startswith(row[1])
                   for label in self.app.find_all('label', row[1])):
                return row
        return None

    def confirm(self, order):
        wait_until('the check sheet is shown', lambda: self.app.find('label', '核对单'))
        keys('key', 'F12')
        wait_until('the order leaves the check sheet', lambda: self.state(order) not in (
            'picking', 'checked'))

    def expect_label(self, number, before):
        new = wait_until('a label is printed', lambda: labels() - before, LONG)
        self.assertEqual(len(new), 1)
        path = new.pop()
        image = os.path.join(os.environ['TMPDIR'], 'label')
        subprocess.run(['pdftoppm', '-r', '203', '-png', '-singlefile', path, image], check=True,
                       stderr=subprocess.DEVNULL)
        read = subprocess.run(['zbarimg', '-q', '--raw', image + '.png'], capture_output=True,
                              text=True).stdout
        self.assertIn(number, read.split())

    def expect_ready(self, order, number):
        wait_until('order %s is ready' % number, lambda: self.state(order) == 'ready_to_ship', LONG)
        self.confirmed.append(number)

    # --- in the order of the names ---

    def test_1_the_queue(self):
        """The oldest order of the prefecture stands first."""
        wait_until('twelve orders wait', lambda: one(
            'replica.db', "SELECT count(*) FROM orders WHERE state = 'pending_outbound'") == 12)
        oldest = one('replica.db', "SELECT number FROM orders WHERE state = 'pending_outbound'"
                                   ' ORDER BY submitted_at, id LIMIT 1')
        wait_until('it is on screen', lambda: self.app.find('list item', oldest))
        keys('key', 'Return')  # who has just begun stands on the first row
        wait_until('an order is open', lambda: self.app.find('dialog'))
        keys('key', 'Escape')
        wait_until('it is closed', lambda: not self.app.find('dialog'))

    def test_1_the_orders(self):
        """A row of the orders is found by a screen reader and opened by keys alone."""
        numbers = [row[0] for row in rows(
            'replica.db', "SELECT number FROM orders WHERE state = 'pending_outbound'"
                          ' ORDER BY submitted_at, id LIMIT 2')]
        keys('key', 'alt+3')
        wait_until('the rows are on screen', lambda: all(
            self.app.find('list item', number) for number in numbers))
        keys('key', 'Home', 'Down', 'Return')
        wait_until('the second order is open', lambda: self.app.find('dialog', numbers[1]))
        keys('key', 'Escape')
        wait_until('it is closed', lambda: not self.app.find('dialog'))
        keys('key', 'alt+1')

    def test_2_an_order(self):
        """Wrong codes are refused with a sentence; the right ones lead to a label."""
        before = labels()
        keys('mousemove', '90', '107', 'click', '1')  # on Today, with the focus in the sidebar
        keys('key', 'F6')
        order, number, packs = wait_until('F6 opens the next order', self.on_screen)
        wait_until('its number is on screen', lambda: self.app.find('label', number))
        said = set()
        for kind, code in codes_of(order):
            if kind in SAID:
                self.app.scan(code, 'a sentence with “%s”' % SAID[kind],
                              lambda: self.app.says(SAID[kind]))
                self.assertEqual(self.scanned(order), 0)
                said.add(kind)
        self.assertEqual(said, set(SAID))
        self.scan_all(order)
        self.assertEqual(packs, self.scanned(order))
        self.confirm(order)
        self.expect_ready(order, number)
        self.expect_label(number, before)
        self.assertNotEqual(self.picking()[0], order)

    def test_3_lines_cut(self):
        """Without lines the order is held and has no label; it goes on by itself afterwards."""
        before = labels()
        order, number, _ = self.picking()
        self.app.cut('both')
        wait_until('the centre is gone', lambda: len(servants(self.app.process.pid)) == 0)
        self.scan_all(order)
        self.confirm(order)
        self.assertEqual(self.state(order), 'held_for_ilms')
        self.assertEqual(labels(), before)
        self.app.cut('none')
        wait_until('both are back', lambda: len(servants(self.app.process.pid)) == 2)
        # An order that is open on the counter goes first: held ones wait for it.
        following, next_number, _ = self.picking()
        self.assertNotEqual(following, order)
        keys('key', 'F7')
        wait_until('the reasons are shown', lambda: self.app.find('button', '库存不足'))
        self.app.press('库存不足')
        self.expect_ready(order, number)
        self.expect_label(number, before)

    def test_4_killed(self):
        """Ten deaths in the middle of an order: what was counted is there afterwards."""
        for death in range(10):
            order = self.open_counter()[0]
            fitting = [code for kind, code in codes_of(order) if kind == FITS]
            before = self.scanned(order)
            if fitting and death % 2 == 0:
                self.app.scan(fitting[0], 'the scan counts',
                              lambda: self.scanned(order) == before + 1)
                before += 1
            elif fitting:
                keys('type', '--delay', '4', fitting[0])
                subprocess.Popen(['xdotool', 'key', 'Return']).wait(30)
            self.app.kill()
            self.assertGreaterEqual(self.scanned(order), before)
            self.app.start()

    def test_5_the_books(self):
        """One debit each in the stand-in's ledger, every pack in one place, all at the centre."""
        wait_until('the outbox is empty', lambda: one(
            'replica.db', 'SELECT count(*) FROM outbox WHERE decided = 0') == 0, LONG)
        with open(os.path.join(FOLDER, 'ports.ini')) as file:
            ports = dict(line.strip().split('=') for line in file if '=' in line)
        url = 'http://127.0.0.1:%s/control/' % ports['control']
        ledger = json.load(urllib.request.urlopen(url + 'ledger', timeout=30))['rows']
        debits = sorted(row['orderNo'] for row in ledger if row['kind'] == 'debit')
        self.assertEqual(debits, sorted(self.confirmed))
        self.assertEqual(json.load(urllib.request.urlopen(url + 'verify', timeout=30)),
                         {'breaches': []})
        self.app.end()
        for words in (['server.db'], ['replica.db', '--replica']):
            done = subprocess.run([os.environ['PIAOKUCTL'], 'verify', '--database',
                                   os.path.join(FOLDER, words[0]), *words[1:]],
                                  capture_output=True, text=True, timeout=120)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == '__main__':
    unittest.main(verbosity=2, failfast=True)
