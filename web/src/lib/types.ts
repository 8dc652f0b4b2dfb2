// The shapes of docs/http-api.md.
export type Role = 'client' | 'clinician' | 'socialWorker' | 'administrator' | 'dataProtection';

export interface Account {
  id: string;
  role: Role;
  name: string;
  login?: string;
  personId?: string;
  anonymous?: boolean;
}
export interface Clinic {
  name: string;
  demo: boolean;
  country: string;
}
export interface ReadBy {
  name: string;
  role: string;
  time: string;
}
export interface Message {
  id: string;
  text: string;
  time: string;
  from: 'client' | 'staff';
  author?: string;
  readBy: ReadBy[];
  state: 'stored' | 'read' | 'not-read';
  notRead?: string;
}
export interface HelpLine {
  name: string;
  phone?: string;
  // What to dial, where `phone` is written for reading.
  dial?: string;
  // A sentence that says how to text: "Text HELLO to 12345".
  text?: string;
  url?: string;
  hours: string;
  forWhom?: string;
  source: string;
  verifiedOn: string;
}
export interface Help {
  emergency: { number: string; label: string };
  lines: HelpLine[];
  country: string;
  stale: boolean;
  staleNote?: string;
  noLine?: string;
}
export interface ConsentItem {
  source: string;
  purpose: string;
  title: string;
  explanation: string;
  granted: boolean;
  since?: string;
  recommended?: boolean;
}
export interface Consents {
  text: { version: string; paragraphs: string[] };
  items: ConsentItem[];
}
export interface AccessEntry {
  time: string;
  who: string;
  role: string;
  action?: string;
  // Kinds of data, space between.
  what: string;
  why: string;
}
export interface CaseloadEntry {
  personId: string;
  name: string;
  anonymous: boolean;
  openFindings: number;
  crisis: boolean;
  lastMessage?: string;
  lastReviewed?: string;
  demo?: boolean;
}
export interface FindingSummary {
  id: string;
  personId: string;
  name: string;
  kind: 'possible-crisis' | 'distress' | 'not-read';
  claim: string;
  probability: number;
  low: number;
  high: number;
  priority: 1 | 2 | 3 | 4;
  state: 'open' | 'assigned' | 'decided';
  assignedTo?: string;
  assignedName?: string;
  createdAt: string;
  dueAt: string;
  overdue: boolean;
  version: number;
}
export interface Evidence {
  start: number;
  end: number;
  weight: number;
  about: string;
}
export interface Finding extends FindingSummary {
  message: { id: string; text: string; time: string };
  evidence: Evidence[];
  riskLevel: string;
  stress: { probability: number; low: number; high: number };
  emotions: { name: string; probability: number }[];
  model: string;
  cannotTell: string[];
  baseRate: number;
  agreement?: { read: number; raised: number; decided: number; agreed: number };
  threshold: number;
  decision?: { decision: DecisionKind; reason: string; by: string; at: string };
}
export type DecisionKind = 'accept' | 'dismiss' | 'act';
export interface StaffMember {
  accountId: string;
  name: string;
  role: string;
  onCall: boolean;
}
export interface Person {
  personId: string;
  name: string;
  anonymous: boolean;
  careTeam: { name: string; role: string }[];
  consents: { source: string; purpose: string; granted: boolean }[];
  openFindings: number;
}
export interface Observation {
  time: string;
  code: string;
  label: string;
  value: number;
  unit?: string;
}
export interface Page {
  id: string;
  findingId?: string;
  personId: string;
  name: string;
  reason: string;
  sentAt: string;
  ackedAt?: string;
  ackedBy?: string;
  level: number;
  channels: { channel: string; state: string; to?: string; level?: number; error?: string }[];
}
export interface ModelCard {
  name: string;
  version: string;
  what: string;
  cannotTell: string[];
  card: string;
}
export type LiveEvent =
  | { type: 'finding'; id: string; personId: string; priority: number; kind: string }
  | { type: 'finding-decided'; id: string }
  | { type: 'page'; id: string; findingId?: string; personId: string }
  | { type: 'page-acked'; id: string }
  | { type: 'message'; personId?: string }
  | { type: 'read'; messageIds: string[]; by: string }
  | { type: 'help' }
  | { type: 'screened'; messageId: string }
  | { type: 'person-coming'; by: string }
  // Made by the page itself: everything shown may be old (reconnected, or a poll is due).
  | { type: 'resync' };
