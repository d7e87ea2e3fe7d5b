# SPDX-FileCopyrightText: 2026 The Piaoku developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A PostgreSQL cluster of a test's own, that can be copied, killed and promoted. It listens on a
socket in its folder and nowhere else."""

import getpass
import glob
import os
import shutil
import signal
import subprocess
import tempfile

from world import wait_until

LIMIT = 60


def find_programs():
    """The folder of the newest server's programs; None when there is none."""
    found = sorted(glob.glob('/usr/lib/postgresql/*/bin/initdb'))
    return os.path.dirname(found[-1]) if found else None


class Cluster:
    """PostgreSQL refuses to run as root; it gets its own user then."""

    def __init__(self, name):
        self.folder = tempfile.mkdtemp(prefix='piaoku-%s-' % name, dir='/tmp')
        self.user, self.prefix, self.process = getpass.getuser(), [], None
        if os.getuid() == 0:
            self.user = 'postgres'
            shutil.chown(self.folder, 'postgres')
            self.prefix = ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', 'env',
                           'HOME=' + self.folder]

    def data(self):
        return os.path.join(self.folder, 'data')

    def run(self, program, *words):
        done = subprocess.run([*self.prefix, os.path.join(find_programs(), program), *words],
                              cwd=self.folder, capture_output=True, text=True, timeout=LIMIT)
        assert done.returncode == 0, done.stdout + done.stderr

    def make(self):
        self.run('initdb', '-D', self.data(), '-U', self.user, '-A', 'trust', '-E', 'UTF8',
                 '--locale=C', '--no-sync', '--no-instructions')

    def copy(self, primary):
        """Becomes a streaming standby of it."""
        self.run('pg_basebackup', '-h', primary.folder, '-U', self.user, '-D', self.data(), '-R',
                 '--checkpoint=fast', '--no-sync')

    def start(self):
        with open(os.path.join(self.folder, 'log'), 'ab') as log:
            self.process = subprocess.Popen(
                [*self.prefix, os.path.join(find_programs(), 'postgres'), '-D', self.data(), '-k',
                 self.folder, '-c', 'listen_addresses=', '-c', 'fsync=off', '-c',
                 'shared_buffers=32MB', '-c', 'max_connections=40'],
                cwd=self.folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                start_new_session=True)
        wait_until('PostgreSQL answers', lambda: subprocess.run(
            [os.path.join(find_programs(), 'pg_isready'), '-q', '-h', self.folder],
            timeout=LIMIT).returncode == 0)

    def kill(self):
        """As when the machine loses its power: all of its processes at once."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(LIMIT)
        self.process = None

    def promote(self):
        self.run('pg_ctl', 'promote', '-w', '-D', self.data())

    def address(self, *others):
        """Of it, or of whichever of it and @others takes writes."""
        hosts = ','.join(cluster.folder for cluster in (self, *others))
        return 'postgresql:///postgres?host=%s&user=%s%s' % (
            hosts, self.user, '&target_session_attrs=read-write' if others else '')

    def close(self):
        if self.process is not None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
