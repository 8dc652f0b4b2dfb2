// A stand-in for the server, for developing and testing the page alone: it answers as
// docs/http-api.md says, with invented people, and keeps everything in memory.
//   node tests/mock-server.mjs [--port N] [--vite]     (--vite: pages from the dev server)
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const DIST = fileURLToPath(new URL('../dist', import.meta.url));
const CSP =
  "default-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
};

const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';
const newId = () => Array.from(randomBytes(26), (b) => DIGITS[b & 31]).join('');
const ago = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();

const HELP = {
  emergency: { number: '999', label: 'Emergency: ambulance, police, fire' },
  lines: [
    {
      name: 'The Night Line (invented)',
      phone: '0808 157 0001',
      hours: 'Every day, all day and night',
      source: 'nightline.example',
      verifiedOn: '2026-11-01',
    },
    {
      name: 'Write to Somebody (invented)',
      text: 'Text HELLO to 70 999',
      url: 'https://somebody.example/',
      hours: 'Every day, 16:00 to 24:00',
      source: 'somebody.example',
      verifiedOn: '2026-10-20',
    },
  ],
  country: 'GB',
  stale: false,
};

const CONSENT_TEXT = {
  version: 'invented-1',
  paragraphs: [
    'What you write stays on the computer of your clinic. It is locked with a key made for you alone.',
    'If you allow it, software reads your messages to notice when things may be getting dangerous. It can be wrong. A person decides.',
    'Nobody watches this page at every minute.',
  ],
};
const CONSENT_ITEMS = [
  ['messages', 'care', 'My care team may read my messages', 'They read what you write and answer you.', true],
  ['messages', 'alerts', 'Software may look for signs of danger', 'If something looks like a crisis, you see whom to call.', true],
  ['checkIns', 'care', 'My care team may see my check-ins', 'They see how it goes over time.', true],
  ['messages', 'research', 'My messages may be used for research', 'Your care is the same if this stays off.', false],
];

const CRISIS = /(can't go on|end it all|no reason to live|don't want to be here)/i;

function demoState() {
  const accounts = new Map();
  const add = (account) => (accounts.set(account.id, account), account);
  const clinician = add({ id: newId(), role: 'clinician', name: 'Dr Amara Osei', login: 'amara' });
  const worker = add({ id: newId(), role: 'socialWorker', name: 'Tomás Reyes', login: 'tomas' });
  const client = add({ id: newId(), role: 'client', name: 'Wren Aldous', personId: newId() });
  const people = new Map();
  const addPerson = (personId, name, anonymous, granted) => {
    const person = {
      personId,
      name,
      anonymous,
      messages: [],
      access: [],
      consents: new Map(),
      observations: [],
      lastReviewed: undefined,
    };
    for (const [source, purpose] of CONSENT_ITEMS) {
      if (granted && purpose !== 'research') person.consents.set(`${source}/${purpose}`, { granted: true, since: ago(90 * 1440) });
    }
    people.set(personId, person);
    return person;
  };
  const state = { accounts, people, addPerson, findings: [], pages: [], onCall: new Set([clinician.id]), links: new Map(), codes: new Map(), sessions: new Map(), expire: new Set() };
  const wren = addPerson(client.personId, 'Wren Aldous', false, true);
  for (let week = 0; week < 9; week++) {
    wren.observations.push({ time: ago((63 - week * 7) * 1440), code: '44261-6', label: 'PHQ-9', value: [17, 18, 15, 16, 13, 14, 11, 9, 10][week], unit: 'points' });
    wren.observations.push({ time: ago((62 - week * 7) * 1440), code: 'mood', label: 'Mood check-in', value: [3, 3, 4, 4, 5, 4, 6, 6, 5][week], unit: 'of 10' });
  }
  wren.messages.push(
    { id: newId(), text: 'I slept four hours again. Work is a lot.', time: ago(3000), from: 'client', readBy: [{ name: clinician.name, role: 'clinician', time: ago(2900) }], state: 'read' },
    { id: newId(), text: 'Thank you for writing. Shall we look at your evenings on Thursday?', time: ago(2890), from: 'staff', author: clinician.name, readBy: [], state: 'stored' },
    { id: newId(), text: 'Yes. 🙏', time: ago(1500), from: 'client', readBy: [], state: 'not-read', notRead: 'no-words' },
  );
  wren.access.push({ time: ago(2900), who: clinician.name, role: 'clinician', action: 'read', what: 'messages identity', why: 'care' });
  for (const [name, minutes] of [['Juno Marsh', 400], ['Ilse Brandt', 9000], ['Kofi Adair', 20000]]) {
    const p = addPerson(newId(), name, false, true);
    p.messages.push({ id: newId(), text: 'All right this week. I went for a walk twice.', time: ago(minutes), from: 'client', readBy: [], state: 'read' });
    p.lastReviewed = ago(minutes - 60);
  }
  const juno = [...people.values()][1];
  finding(state, juno, juno.messages[0], { kind: 'distress', priority: 3, probability: 0.58, low: 0.37, high: 0.76, evidence: [['this week', 0.11, 'stress']], claim: 'The writer may be under great strain', due: 30 });
  const ilse = [...people.values()][2];
  finding(state, ilse, ilse.messages[0], { kind: 'not-read', priority: 4, probability: 0, low: 0, high: 1, evidence: [], claim: 'The software could not read this text', due: -45 });
  state.links.set('client-link', client.id);
  state.links.set('staff-link', clinician.id);
  state.links.set('staff-link-2', worker.id);
  return state;
}

function finding(state, person, message, f) {
  const one = {
    id: newId(),
    personId: person.personId,
    name: person.name,
    kind: f.kind,
    claim: f.claim,
    probability: f.probability,
    low: f.low,
    high: f.high,
    priority: f.priority,
    state: 'open',
    createdAt: new Date().toISOString(),
    dueAt: ago(-f.due),
    overdue: f.due < 0,
    version: 1,
    message: { id: message.id, text: message.text, time: message.time },
    evidence: f.evidence.flatMap(([words, weight, about]) => {
      const start = message.text.toLowerCase().indexOf(words.toLowerCase());
      return start < 0 ? [] : [{ start, end: start + words.length, weight, about }];
    }),
    riskLevel: f.kind === 'possible-crisis' ? 'ideation' : 'none',
    stress: { probability: 0.81, low: 0.7, high: 0.89 },
    emotions: [
      { name: 'sadness', probability: 0.62 },
      { name: 'fear', probability: 0.31 },
      { name: 'disappointment', probability: 0.22 },
    ],
    model: 'invented-reader 0.1',
    cannotTell: ['What the person is not writing', 'Irony and quotations', 'Whether they are safe'],
    baseRate: 0.06,
    agreement: { read: 212, raised: 13, decided: 9, agreed: 6 },
    threshold: 0.35,
  };
  state.findings.push(one);
  return one;
}

const summary = ({ message: _m, evidence: _e, riskLevel: _r, stress: _s, emotions: _em, model: _mo, cannotTell: _c, baseRate: _b, threshold: _t, decision: _d, ...rest }) => rest;

export function mockServer({ html } = {}) {
  const state = demoState();
  const sockets = new Set();
  const tell = (event, to) => {
    for (const s of sockets) if (to(s.account)) s.send(event);
  };
  const toStaff = (a) => a.role !== 'client';
  const toClient = (personId) => (a) => a.personId === personId;

  class Refusal extends Error {
    constructor(status, detail) {
      super(detail);
      this.status = status;
    }
  }
  const no = (status, detail) => {
    throw new Refusal(status, detail);
  };

  function accountOf(request) {
    const sid = /(?:^|;\s*)attune=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
    const account = state.accounts.get(state.sessions.get(sid));
    return account && !state.expire.has(sid) ? { account, sid } : undefined;
  }
  function open(account, response) {
    const sid = newId();
    state.sessions.set(sid, account.id);
    response.setHeader('Set-Cookie', `attune=${sid}; HttpOnly; SameSite=Strict; Path=/`);
    return { account };
  }

  function takeMessage(person, { id, text }) {
    if (typeof text !== 'string' || text.trim() === '') no(422, 'there is nothing in this message yet');
    if ([...text].length > 20_000) no(422, 'This message is too long. Please send it in parts.');
    if (!person.consents.get('messages/care')?.granted) no(403, 'Messages are off. You can turn them on under My data.');
    const old = person.messages.find((m) => m.id === id);
    if (old) return [200, { message: old, help: null }];
    const crisis = CRISIS.test(text);
    const message = { id, text, time: new Date().toISOString(), from: 'client', readBy: [], state: 'read' };
    person.messages.push(message);
    tell({ type: 'message', personId: person.personId }, toStaff);
    if (crisis) {
      const words = CRISIS.exec(text)[0];
      const f = finding(state, person, message, { kind: 'possible-crisis', priority: 1, probability: 0.78, low: 0.61, high: 0.89, claim: 'The writer may be thinking of suicide or self-harm', due: 15, evidence: [[words, 0.41, 'risk'], ['tired', 0.12, 'stress'], ['🌊', 0.2, 'risk']] });
      const page = { id: newId(), findingId: f.id, personId: person.personId, name: person.name, reason: 'possible-crisis', sentAt: new Date().toISOString(), level: 0, channels: [{ channel: 'in-app', state: 'sent', level: 1, to: 'Dr Amara Osei' }, { channel: 'email', state: 'failed', error: 'The mail server did not answer.' }] };
      state.pages.unshift(page);
      tell({ type: 'finding', id: f.id, personId: person.personId, priority: 1, kind: f.kind }, toStaff);
      tell({ type: 'page', id: page.id, findingId: f.id, personId: person.personId }, toStaff);
    }
    return [201, { message, help: crisis ? HELP : null }];
  }

  const thread = (person, query) => {
    const limit = Number(query.get('limit') ?? 30);
    const before = person.messages.findIndex((m) => m.id === query.get('before'));
    const upTo = before < 0 ? person.messages : person.messages.slice(0, before);
    return { messages: upTo.slice(-limit), more: upTo.length > limit };
  };
  const consents = (person) => ({
    text: CONSENT_TEXT,
    items: CONSENT_ITEMS.map(([source, purpose, title, explanation, recommended]) => ({ source, purpose, title, explanation, recommended, granted: false, ...person.consents.get(`${source}/${purpose}`) })),
  });
  const openOf = (p) => state.findings.filter((f) => f.personId === p.personId && f.state !== 'decided');

  const routes = [
    ['POST', '/api/session/link', ({ body, response }) => {
      const id = state.links.get(body.token) ?? no(401, 'This link does not work.');
      if (!body.token.startsWith('staff') && !body.token.startsWith('client')) state.links.delete(body.token);
      return open(state.accounts.get(id), response);
    }],
    ['POST', '/api/session/start', ({ response }) => {
      const account = { id: newId(), role: 'client', name: '', personId: newId(), anonymous: true };
      state.accounts.set(account.id, account);
      state.addPerson(account.personId, '', true, false);
      const recoveryCode = newId().slice(0, 24).toUpperCase().replace(/(.{4})(?!$)/g, '$1-');
      state.codes.set(recoveryCode.replaceAll('-', ''), account.id);
      return [201, { ...open(account, response), recoveryCode }];
    }],
    ['POST', '/api/session/recover', ({ body, response }) => {
      const id = state.codes.get(String(body.code).toUpperCase().replace(/[^0-9A-Z]/g, '')) ?? no(401, 'This code is not known.');
      return open(state.accounts.get(id), response);
    }],
    ['POST', '/api/session/password', ({ body, response }) => {
      const account = [...state.accounts.values()].find((a) => a.login === body.login && body.password === 'invented');
      return open(account ?? no(401, 'Login and password do not fit.'), response);
    }],
    ['DELETE', '/api/session', ({ who, response }) => {
      state.sessions.delete(who?.sid);
      response.setHeader('Set-Cookie', 'attune=; Max-Age=0; Path=/');
      return [204];
    }],
    ['GET', '/api/help', () => HELP],
    ['GET', '/api/me', ({ me }) => ({ account: me, clinic: { name: 'Alder Street Clinic', demo: true, country: 'GB' }, serverTime: new Date().toISOString() })],
    ['GET', '/api/me/consents', ({ own }) => consents(own())],
    ['PUT', '/api/me/consents', ({ own, body }) => {
      const key = `${body.source}/${body.purpose}`;
      own().consents.set(key, { granted: body.granted, since: new Date().toISOString() });
      return consents(own()).items.find((i) => `${i.source}/${i.purpose}` === key) ?? no(404, '');
    }],
    ['POST', '/api/me/messages', ({ own, body }) => takeMessage(own(), body)],
    ['GET', '/api/me/messages', ({ own, query }) => thread(own(), query)],
    ['GET', '/api/me/access', ({ own }) => ({ entries: own().access })],
    ['GET', '/api/me/export', ({ own, response }) => {
      response.setHeader('Content-Disposition', 'attachment; filename="my-record.json"');
      return { resourceType: 'Bundle', type: 'collection', entry: own().messages };
    }],
    ['POST', '/api/me/call-me', ({ own }) => {
      const p = own();
      const page = { id: newId(), personId: p.personId, name: p.name, reason: 'client-asked', sentAt: new Date().toISOString(), level: 0, channels: [{ channel: 'in-app', state: 'sent' }] };
      state.pages.unshift(page);
      tell({ type: 'page', id: page.id, personId: p.personId }, toStaff);
      return [202, {}];
    }],
    ['PUT', '/api/me/on-call', ({ staff, body }) => {
      if (body.onCall) state.onCall.add(staff().id);
      else state.onCall.delete(staff().id);
      return { onCall: body.onCall };
    }],
    ['GET', '/api/caseload', ({ staff }) => {
      staff();
      const clients = [...state.people.values()].map((p) => ({
        personId: p.personId,
        name: p.name,
        anonymous: p.anonymous,
        openFindings: openOf(p).length,
        crisis: openOf(p).some((f) => f.kind === 'possible-crisis'),
        lastMessage: p.messages.at(-1)?.time,
        lastReviewed: p.lastReviewed,
        demo: !p.anonymous,
      }));
      clients.sort((a, b) => b.crisis - a.crisis || b.openFindings - a.openFindings || (a.lastMessage < b.lastMessage ? 1 : -1));
      return { clients, more: false };
    }],
    ['GET', '/api/findings', ({ staff, query }) => {
      staff();
      const decided = query.get('state') === 'decided';
      const person = query.get('person');
      return {
        findings: state.findings
          .filter((f) => (f.state === 'decided') === decided && (!person || f.personId === person))
          .sort((a, b) => a.priority - b.priority || (a.dueAt < b.dueAt ? -1 : 1))
          .map(summary),
      };
    }],
    ['GET', '/api/findings/:id', ({ staff, id }) => {
      const f = state.findings.find((x) => x.id === id) ?? no(404, '');
      const p = state.people.get(f.personId);
      const me = staff();
      p.access.unshift({ time: new Date().toISOString(), who: me.name, role: me.role, action: 'read', what: 'findings messages identity', why: 'care' });
      markRead(p, me, [f.message.id]);
      return { finding: f };
    }],
    ['POST', '/api/findings/:id/decision', ({ staff, id, body }) => {
      const f = state.findings.find((x) => x.id === id) ?? no(404, '');
      if (f.decision || f.version !== body.version) no(409, 'Somebody decided first.');
      if (!body.reason) no(422, 'A reason is needed.');
      f.decision = { decision: body.decision, reason: body.reason, by: staff().name, at: new Date().toISOString() };
      f.state = 'decided';
      f.version++;
      tell({ type: 'finding-decided', id }, toStaff);
      return { finding: f };
    }],
    ['POST', '/api/findings/:id/assign', ({ staff, id, body }) => {
      staff();
      const f = state.findings.find((x) => x.id === id) ?? no(404, '');
      f.assignedTo = state.accounts.get(body.accountId)?.name ?? no(422, 'Nobody of that name.');
      f.state = 'assigned';
      f.version++;
      return { finding: f };
    }],
    ['GET', '/api/patients/:id', ({ staff, id }) => {
      staff();
      const p = state.people.get(id) ?? no(404, '');
      return { person: { personId: id, name: p.name, anonymous: p.anonymous, careTeam: [{ name: 'Dr Amara Osei', role: 'clinician' }], consents: consents(p).items.map(({ source, purpose, granted }) => ({ source, purpose, granted })), openFindings: openOf(p).length } };
    }],
    ['GET', '/api/patients/:id/messages', ({ staff, id, query }) => {
      const p = state.people.get(id) ?? no(404, '');
      const got = thread(p, query);
      markRead(p, staff(), got.messages.map((m) => m.id));
      return got;
    }],
    ['POST', '/api/patients/:id/messages', ({ staff, id, body }) => {
      const p = state.people.get(id) ?? no(404, '');
      const message = { id: body.id, text: body.text, time: new Date().toISOString(), from: 'staff', author: staff().name, readBy: [], state: 'stored' };
      if (!p.messages.some((m) => m.id === body.id)) p.messages.push(message);
      tell({ type: 'message' }, toClient(id));
      return [201, { message }];
    }],
    ['GET', '/api/patients/:id/observations', ({ staff, id }) => (staff(), { observations: (state.people.get(id) ?? no(404, '')).observations })],
    ['GET', '/api/pages', ({ staff }) => (staff(), { pages: state.pages })],
    ['POST', '/api/pages/:id/ack', ({ staff, id }) => {
      const page = state.pages.find((p) => p.id === id) ?? no(404, '');
      page.ackedAt ??= new Date().toISOString();
      page.ackedBy ??= staff().name;
      tell({ type: 'page-acked', id }, toStaff);
      tell({ type: 'person-coming', by: page.ackedBy }, toClient(page.personId));
      return { page };
    }],
    ['GET', '/api/staff', ({ staff }) => {
      staff();
      return { staff: [...state.accounts.values()].filter(toStaff).map((a) => ({ accountId: a.id, name: a.name, role: a.role, onCall: state.onCall.has(a.id) })) };
    }],
    ['GET', '/api/models', ({ staff }) => {
      staff();
      return { models: [{ name: 'invented-reader', version: '0.1', what: 'Reads English messages for signs of danger and distress.', cannotTell: ['What a person does not write', 'Irony'], card: '# Invented reader\n\nIt was trained on nothing.\n\n- It guesses.\n- It is for tests.\n\n| measure | value |\n|---|---|\n| recall | 0.5 |' }] };
    }],
  ];

  function markRead(person, staff, ids) {
    person.lastReviewed = new Date().toISOString();
    const fresh = person.messages.filter((m) => ids.includes(m.id) && m.from === 'client' && !m.readBy.some((r) => r.name === staff.name));
    if (fresh.length === 0) return;
    for (const m of fresh) m.readBy.push({ name: staff.name, role: staff.role, time: new Date().toISOString() });
    person.access.unshift({ time: new Date().toISOString(), who: staff.name, role: staff.role, action: 'read', what: 'messages identity', why: 'care' });
    tell({ type: 'read', messageIds: fresh.map((m) => m.id), by: staff.name }, toClient(person.personId));
  }

  async function api(request, response, url) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const send = (status, value) => {
      response.writeHead(status, { 'Content-Type': status >= 400 ? 'application/problem+json' : 'application/json', 'Cache-Control': 'no-store' });
      response.end(value === undefined ? '' : JSON.stringify(value));
    };
    try {
      if (request.method !== 'GET' && request.headers['x-attune'] !== '1') no(403, 'The header X-Attune is missing.');
      const who = accountOf(request);
      const parts = url.pathname.split('/');
      for (const [method, path, handle] of routes) {
        const wanted = path.split('/');
        if (method !== request.method || wanted.length !== parts.length) continue;
        if (!wanted.every((w, i) => w.startsWith(':') || w === parts[i])) continue;
        const free = path.startsWith('/api/session') || path === '/api/help';
        if (!free && !who) no(401, 'Please sign in again.');
        const me = who?.account;
        const result = handle({
          who,
          me,
          response,
          id: parts[3],
          query: url.searchParams,
          body: chunks.length ? JSON.parse(Buffer.concat(chunks).toString('utf8')) : {},
          own: () => state.people.get(me.personId) ?? no(404, ''),
          staff: () => (me.role === 'client' ? no(404, '') : me),
        });
        return Array.isArray(result) ? send(...result) : send(200, result);
      }
      no(404, '');
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      send(error.status, { type: 'about:blank', title: String(error.status), status: error.status, detail: error.message });
    }
  }

  function file(response, path) {
    const at = join(DIST, normalize(path));
    const found = at.startsWith(DIST) && existsSync(at) && statSync(at).isFile();
    if (!found && extname(path)) return response.writeHead(404).end();
    const name = found ? at : join(DIST, 'index.html');
    response.writeHead(200, {
      'Content-Type': TYPES[extname(name)] ?? 'application/octet-stream',
      'Content-Security-Policy': CSP,
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    });
    createReadStream(name).pipe(response);
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url, 'http://localhost');
    if (url.pathname.startsWith('/api/')) {
      api(request, response, url).catch((error) => {
        console.error(error);
        response.writeHead(500).end();
      });
    } else if (html) html(request, response);
    else file(response, url.pathname);
  });

  // WebSocket, as little of RFC 6455 as a server that only speaks needs.
  server.on('upgrade', (request, socket) => {
    if (!request.url.startsWith('/api/live')) return;
    const who = accountOf(request);
    if (!who) return socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
    const key = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`);
    const one = {
      account: who.account,
      socket,
      send(event) {
        const data = Buffer.from(JSON.stringify(event));
        const head = data.length < 126 ? Buffer.from([0x81, data.length]) : Buffer.from([0x81, 126, data.length >> 8, data.length & 255]);
        socket.write(Buffer.concat([head, data]));
      },
    };
    sockets.add(one);
    socket.on('close', () => sockets.delete(one));
    socket.on('error', () => sockets.delete(one));
    socket.on('data', (data) => {
      if ((data[0] & 15) === 8) socket.end();
    });
  });

  return {
    server,
    state,
    listen: (port = 0) =>
      new Promise((done) => server.listen(port, '127.0.0.1', () => done(`http://127.0.0.1:${server.address().port}`))),
    // Ends every session, as the idle clock does.
    expireAll: () => state.sessions.clear(),
    dropSockets: () => sockets.forEach((s) => s.socket.destroy()),
    close: () => {
      sockets.forEach((s) => s.socket.destroy());
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const port = Number(process.argv[process.argv.indexOf('--port') + 1]) || 5180;
  let html;
  if (process.argv.includes('--vite')) {
    const { createServer: vite } = await import('vite');
    const dev = await vite({ server: { middlewareMode: true }, appType: 'spa' });
    html = dev.middlewares;
  }
  const address = await mockServer({ html }).listen(port);
  console.log(`${address}/#/link/client-link\n${address}/#/link/staff-link`);
}
