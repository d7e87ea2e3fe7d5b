// SPDX-FileCopyrightText: 2026 The Piaoku developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The peer beside which the first fetch is judged: PouchDB, keeping what it gets in LevelDB,
// replicates as many orders as it is told from a process of its own that answers as CouchDB does.
// All that answers are made of was serialised before, so it is the peer's ceiling, not CouchDB's.
// Prints one line of JSON: documents per second and bytes per document of each batch size.
//
//     node peer-pouchdb.cjs FOLDER-OF-NODE-MODULES DATA-FOLDER DOCUMENTS

'use strict';
const http = require('http');
const path = require('path');
const { fork } = require('child_process');

const [modules, folder, count] = process.argv.slice(2);
const N = Number(count);
const REV = '1-0123456789abcdef0123456789abcdef';

// --- the responder ---------------------------------------------------------------------------

function order(n) {
  const at = 1700000000000 + n * 126144 + (n * 7919) % 126144;
  const lines = 1 + (n * 31) % 8;
  return {
    _id: String(4503599627370496 + n * 4096), _rev: REV, kind: 'order', lane: 652300, deleted: 0,
    number: '20251125' + String(n).padStart(10, '0'), outlet_id: 20000 + (n * 2741) % 5000,
    warehouse_id: 20, source: n % 7 ? 'phone' : 'app', identity_checked: 1, state: 'completed',
    submitted_at: at, due_at: at + 259200000, departure_at: at + 43200000,
    predicted_at: at + 129600000, lines, packs: lines * 2, amount: lines * 100000,
    scanned: lines * 2, lock_no: 'L' + (at >> 3), pre_debit: lines * 100000,
    confirm_no: 'C' + (at >> 2), debited: lines * 100000, confirmed_at: at + 3600000 + n % 14400000,
    picker_id: 101 + n % 2, picker_device: 8, checker_id: 104,
  };
}

function serve() {
  const changes = [], answers = [], places = new Map();
  let bytes = 0;
  for (let n = 0; n < N; n++) {
    const doc = order(n);
    places.set(doc._id, n);
    changes.push(JSON.stringify({ seq: n + 1, id: doc._id, changes: [{ rev: REV }] }));
    doc._revisions = { start: 1, ids: [REV.slice(2)] };
    answers.push(JSON.stringify({ id: doc._id, docs: [{ ok: doc }] }));
  }
  const reply = (response, status, text) => {
    bytes += text.length;
    response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': text.length });
    response.end(text);
  };
  const server = http.createServer((request, response) => {
    const url = new URL(request.url, 'http://127.0.0.1');
    let body = '';
    request.on('data', (chunk) => { body += chunk; });
    request.on('end', () => {
      if (url.pathname.endsWith('/_changes')) {
        const since = Number(url.searchParams.get('since') || 0);
        const limit = Number(url.searchParams.get('limit') || N);
        const last = Math.min(since + limit, N);
        reply(response, 200, `{"results":[${changes.slice(since, last).join(',')}],` +
          `"last_seq":${last},"pending":${N - last}}`);
      } else if (url.pathname.endsWith('/_bulk_get')) {
        const wanted = JSON.parse(body).docs.map((one) => answers[places.get(one.id)]);
        reply(response, 200, `{"results":[${wanted.join(',')}]}`);
      } else if (url.pathname.includes('/_local/')) {
        if (request.method === 'PUT')
          reply(response, 201, '{"ok":true,"id":"_local/checkpoint","rev":"0-1"}');
        else
          reply(response, 404, '{"error":"not_found","reason":"missing"}');
      } else
        reply(response, 200, `{"db_name":"orders","doc_count":${N},"update_seq":${N},"instance_start_time":"0"}`);
    });
  });
  server.keepAliveTimeout = 60000;
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
  process.on('message', () => { process.send({ bytes }); bytes = 0; });
  process.on('disconnect', () => process.exit(0));
}

// --- the peer --------------------------------------------------------------------------------

function ask(server) {
  return new Promise((resolve) => {
    server.once('message', resolve);
    server.send('bytes');
  });
}

async function measure(PouchDB, server, port, batch) {
  const db = new PouchDB(path.join(folder, `pouch-${batch}`));
  await ask(server);
  const started = process.hrtime.bigint();
  const result = await PouchDB.replicate(`http://127.0.0.1:${port}/orders`, db, { batch_size: batch });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const { doc_count: docs } = await db.info();
  if (!result.ok || docs !== N)
    throw new Error(`${docs} of ${N} documents arrived`);
  const { bytes } = await ask(server);
  await db.destroy();
  return { rate: N / seconds, bytes: bytes / N };
}

async function main() {
  const PouchDB = require(path.join(modules, 'pouchdb'));
  const server = fork(__filename, process.argv.slice(2), { env: { ...process.env, PEER_SERVES: '1' } });
  const { port } = await new Promise((resolve) => { server.once('message', resolve); });
  const usual = await measure(PouchDB, server, port, 100);
  const large = await measure(PouchDB, server, port, 1000);
  console.log(JSON.stringify({ usual, large }));
  server.disconnect();
}

if (process.env.PEER_SERVES)
  serve();
else
  main().catch((error) => { console.error(error.message); process.exit(1); });
