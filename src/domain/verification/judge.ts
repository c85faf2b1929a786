import { masterOf } from '../cluster.ts';
import type { NodeStatus } from '../status.ts';
import type { NodeEvidence, Seen, VerifyEvidence } from './evidence.ts';
import { judgeData } from './judge-data.ts';
import {
  judgeCommands,
  judgeReadOnly,
  judgeRoleConf,
  judgeSource,
  judgeStranger,
  judgeWritable,
} from './judge-node.ts';
import { judgeDelay, judgeHistory, judgeLag, judgeLeft, judgeMarkers } from './judge-replication.ts';
import type { Subject, Verdict } from './verdict.ts';
import type { Check, CheckCode, Verification } from './verification.ts';

/** Judges one thing that was seen of a node. */
interface Judgement<T> {
  readonly check: CheckCode;
  /** Whether it is asked of this node. */
  readonly isFor: (subject: Subject) => boolean;
  readonly seen: (subject: Subject) => Seen<T>;
  readonly judge: (value: T, subject: Subject) => Verdict;
}

const always = (): boolean => true;
const isMaster = ({ node, evidence }: Subject): boolean => node.name === exemptFromReadOnly(evidence);
const isOther = (subject: Subject): boolean => !isMaster(subject);

/** The one node that may take writes: the master, or the node that should be it. */
const exemptFromReadOnly = ({ master, cluster }: VerifyEvidence): string => master ?? masterOf(cluster).name;

/** Hides the type of what is seen: each judgement is handed what it asked for. */
const judgement = <T>(judged: Judgement<T>): Judgement<unknown> => judged as Judgement<unknown>;

/** In the order in which they are printed. */
const judgements: readonly Judgement<unknown>[] = [
  judgement({
    check: 'source',
    isFor: always,
    seen: inside(() => ({ value: null })),
    judge: (_, it) => judgeSource(it),
  }),
  judgement({ check: 'role-conf', isFor: always, seen: inside(({ roleConf }) => roleConf), judge: judgeRoleConf }),
  judgement({ check: 'password', isFor: always, seen: fromOutside, judge: judgeStranger }),
  judgement({
    check: 'disabled-commands',
    isFor: always,
    seen: inside(({ enabled }) => enabled),
    judge: judgeCommands,
  }),
  judgement({ check: 'writable', isFor: isMaster, seen: inside(({ refusal }) => refusal), judge: judgeWritable }),
  judgement({
    check: 'read-only',
    isFor: isOther,
    seen: inside(({ refusal, readOnly }) => both(refusal, readOnly)),
    judge: judgeReadOnly,
  }),
  judgement({ check: 'history', isFor: isOther, seen: inside(({ reached }) => reached), judge: judgeHistory }),
  judgement({ check: 'lag', isFor: isOther, seen: inside(({ reached }) => reached), judge: judgeLag }),
  judgement({ check: 'markers', isFor: always, seen: inside(({ markers }) => markers), judge: judgeMarkers }),
  judgement({ check: 'markers-removed', isFor: always, seen: inside(({ left }) => left), judge: judgeLeft }),
  judgement({ check: 'latency', isFor: isOther, seen: inside(({ delay }) => delay), judge: judgeDelay }),
  judgement({ check: 'data', isFor: isOther, seen: inside(({ data }) => data), judge: judgeData }),
];

function both<A, B>(a: Seen<A>, b: Seen<B>): Seen<readonly [A, B]> {
  if ('error' in a) return a;
  return 'error' in b ? b : { value: [a.value, b.value] };
}

/** @returns what was found, check by check */
export function judge(evidence: VerifyEvidence): Verification {
  const { status, cluster, master, nodes } = evidence;
  const checks = [
    judgeMasters(evidence),
    ...status.nodes.map((node) => judgeReachable(node, evidence)),
    ...judgements.flatMap((judged) =>
      status.nodes.flatMap((node) => {
        const subject = { node, evidence };
        return judged.isFor(subject) ? [checkOf(judged, subject)] : [];
      }),
    ),
  ];
  const data = [...nodes.values()].flatMap((own) => ('value' in own.data ? [own.data.value] : []));
  return {
    cluster: { name: cluster.name, nodes: status.nodes.length, master },
    ok: checks.every(({ ok }) => ok),
    checks,
    keys: {
      written: evidence.markers,
      compared: evidence.keys.compared,
      of: evidence.keys.of,
      complete: evidence.keys.isComplete,
      inMotion: Math.max(0, ...data.map(({ inMotion }) => inMotion)),
    },
    latency: status.nodes.flatMap(({ name }) => {
      if (name === exemptFromReadOnly(evidence)) return [];
      const delay = nodes.get(name)?.delay;
      return [{ node: name, ...(delay && 'value' in delay ? delay.value : { medianMs: null, maxMs: null }) }];
    }),
  };
}

/** What is seen of nodes that can be logged in to. */
function inside<T>(seen: (own: NodeEvidence) => Seen<T>): (subject: Subject) => Seen<T> {
  return ({ node, evidence }) => {
    const own = evidence.nodes.get(node.name);
    return own ? seen(own) : { error: reasonOf(node, evidence) ?? `${node.name} was not looked at` };
  };
}

/** A server that refuses its own password may let everybody in without one. */
function fromOutside({ node, evidence }: Subject): Seen<string> {
  const reason = reasonOf(node, evidence) ?? `${node.name} was not looked at`;
  return evidence.strangers.get(node.name) ?? { error: reason };
}

function checkOf({ check, seen, judge }: Judgement<unknown>, subject: Subject): Check {
  const { node } = subject;
  const found = seen(subject);
  if ('error' in found) {
    return { check, node: node.name, ok: false, made: false, message: `not checked: ${found.error}`, hint: null };
  }
  const { ok, message, hint = null } = judge(found.value, subject);
  return { check, node: node.name, ok, made: true, message, hint: ok ? null : hint };
}

function judgeMasters({ status, cluster, master }: VerifyEvidence): Check {
  const masters = status.nodes.filter(({ role }) => role === 'master').map(({ name }) => name);
  const warning = status.warnings.find(
    ({ code }) => code === 'two-masters' || code === 'no-master' || code === 'cycle',
  );
  const ok = masters.length === 1;
  const several = `${masters.join(' and ')} are masters at the same time: writes to them go apart`;
  const message = ok
    ? `${master} is the master, and no other node is`
    : masters.length > 1
      ? several
      : `no node is a master: nothing can be written; ${masterOf(cluster).name} should be it`;
  return { check: 'one-master', node: null, ok, made: true, message, hint: ok ? null : (warning?.hint ?? null) };
}

function judgeReachable(node: NodeStatus, evidence: VerifyEvidence): Check {
  const reason = reasonOf(node, evidence);
  const hint = evidence.status.warnings.find((warning) => warning.node === node.name)?.hint ?? null;
  const [check, made] = ['reachable', true] as const;
  return reason === undefined
    ? { check, node: node.name, ok: true, made, message: `${node.name} answers`, hint: null }
    : { check, node: node.name, ok: false, made, message: reason, hint };
}

/** @returns why nothing can be asked of a node, or undefined */
function reasonOf(node: NodeStatus, { status }: VerifyEvidence): string | undefined {
  const warning = status.warnings.find((other) => other.node === node.name);
  if (node.state === 'running' && node.role !== null) return undefined;
  return warning?.message ?? `${node.name} is ${node.state}`;
}
