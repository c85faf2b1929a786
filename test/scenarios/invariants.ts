import { sourcesOf } from './scenario.ts';
import { answering, type CloseSight, guarded, type NodeSight, type Sight } from './sight.ts';

/** What an invariant judges. Each returns what is wrong, with the node and the numbers; nothing where it holds. */
export interface Scene {
  /** Who is to follow whom. */
  readonly shape: readonly string[];
  /** Before the first step. */
  readonly before: Sight;
  readonly now: Sight;
}

/** What is wrong. */
export type Problems = readonly string[];

const rootOf = (shape: readonly string[]): string =>
  [...sourcesOf(shape)].find(([, source]) => source === null)?.[0] ?? '';

const mastersOf = (now: Sight): readonly string[] =>
  answering(now).flatMap(({ name, info }) => (info.role === 'master' ? [name] : []));

/** I1 */
export function exactlyOneMaster({ now }: Scene): Problems {
  const masters = mastersOf(now);
  return masters.length === 1 ? [] : [`${masters.length} nodes run as master: ${masters.join(', ') || 'none'}`];
}

/** I2: the one that takes writes is the one that should. */
export function onlyTheMasterTakesWrites({ shape, now }: Scene, { writes }: CloseSight): Problems {
  const root = rootOf(shape);
  return answering(now).flatMap(({ name }) => {
    const answer = writes.get(name) ?? 'nothing';
    const isRight = name === root ? answer === 'OK' : answer.startsWith('READONLY');
    return isRight
      ? []
      : [`${name} answers a write with ${answer}${name === root ? '' : `, and ${root} is the master`}`];
  });
}

/** I3: no cycle can stand where every node follows the one that it should. */
export function everyNodeFollowsItsSource({ shape, now }: Scene): Problems {
  const wanted = sourcesOf(shape);
  const answer = new Set(answering(now).map(({ name }) => name));
  const silent = [...wanted.keys()].filter((name) => !answer.has(name)).map((name) => `${name} does not answer`);
  const wrong = answering(now).flatMap(({ name, info }) => {
    const source = now.find(({ ip, port }) => ip === info.master_host && `${port}` === info.master_port);
    const is = info.role === 'master' ? null : (source?.name ?? `${info.master_host}:${info.master_port}`);
    const should = wanted.get(name);
    if (should === undefined) return [`${name} runs, and no place is known for it`];
    return is === should ? [] : [`${name} follows ${is ?? 'nobody'}, and should follow ${should ?? 'nobody'}`];
  });
  return [...silent, ...wrong];
}

/** I4: a link that is up says little: its source has to stream, and the replica to have acknowledged some of it. */
export function everyReplicaIsStreamedTo({ now }: Scene): Problems {
  return answering(now).flatMap(({ name, ip, port, info }) => {
    if (info.role === 'master') return [];
    if (info.master_link_status !== 'up') return [`${name}: its link is ${info.master_link_status}`];
    const source = answering(now).find((node) => node.ip === info.master_host && `${node.port}` === info.master_port);
    if (!source) return [`${name}: ${info.master_host}:${info.master_port} is no node that answers`];
    const line = linesOf(source).find((fields) => fields.ip === ip && fields.port === `${port}`);
    if (!line) return [`${name}: ${source.name} does not know it`];
    const isStreaming = line.state === 'online' && Number(line.offset) > 0;
    return isStreaming ? [] : [`${name}: ${source.name} calls it ${line.state} at offset ${line.offset}`];
  });
}

/** `slave0:ip=172.19.0.11,port=6380,state=online,offset=14,lag=1` */
const linesOf = ({ info }: NodeSight): readonly Readonly<Record<string, string>>[] =>
  Object.entries(info ?? {})
    .filter(([key]) => /^slave\d+$/.test(key))
    .map(([, line]) => Object.fromEntries(line.split(',').map((part) => part.split('=') as [string, string])));

/** A replica may be one PING behind for a moment. */
const pingBytes = 14;

/** I5 */
export function allShareOneHistory({ shape, now }: Scene): Problems {
  const nodes = answering(now);
  const root = nodes.find(({ name }) => name === rootOf(shape))?.info;
  if (!root) return [`${rootOf(shape)} does not answer`];
  return nodes.flatMap(({ name, info }) => {
    if (info.master_replid !== root.master_replid) {
      return [`${name} has the history ${info.master_replid}, and the master ${root.master_replid}`];
    }
    const lag = Number(root.master_repl_offset) - Number(info.master_repl_offset);
    return Math.abs(lag) <= pingBytes ? [] : [`${name} is ${lag} bytes behind (${info.master_repl_offset})`];
  });
}

/** I6 */
export function theMarkerIsAcknowledged({ shape }: Scene, { acknowledged }: CloseSight): Problems {
  const root = rootOf(shape);
  const direct = [...sourcesOf(shape).values()].filter((source) => source === root).length;
  const count = acknowledged.get(root) ?? 0;
  return count === direct ? [] : [`${count} of ${direct} replicas of ${root} acknowledged a marker`];
}

/** I7: equal offsets prove no equal data, and a replica that could not carry something out says so. */
export function allHoldTheSameData({ shape, now, before }: Scene, { data, critical }: CloseSight): Problems {
  const root = rootOf(shape);
  const different = [...data].filter(([, hash]) => hash !== data.get(root)).map(([name]) => `${name} holds other data`);
  const logged = [...critical].flatMap(([name, lines]) => lines.map((line) => `${name} logged ${line}`));
  const grown = answering(now).flatMap(({ name, info }) => {
    const was = before.find((node) => node.name === name)?.info;
    const errors = Number(info.unexpected_error_replies ?? 0);
    const old = was?.run_id === info.run_id ? Number(was?.unexpected_error_replies ?? 0) : 0;
    return errors > old ? [`${name}: ${errors - old} commands of its source or its file failed`] : [];
  });
  return [...different, ...logged, ...grown];
}

/** I8: what a node would be after a restart is what it is. Of one that is down: it must not come back as a master. */
export function theDiskSaysTheSame({ shape, now }: Scene): Problems {
  return now.flatMap(({ name, roleConf, info, state }) => {
    const onDisk = /^replicaof (.+?)\s*$/m.exec(roleConf)?.[1] ?? 'nothing';
    if (state !== 'running' || !info) {
      return onDisk === 'no one' && name !== rootOf(shape) ? [`${name} is down, and would come back as a master`] : [];
    }
    const running = info.role === 'master' ? 'no one' : `${info.master_host} ${info.master_port}`;
    return onDisk === running ? [] : [`${name}: its role.conf says ${onDisk}, and it runs with ${running}`];
  });
}

/**
 * I12: the new master remembers the history of before, up to where it took over.
 * @param handOvers - how many there were: what came before the last one is known where it was the only one
 */
export function theNewMasterKnowsItsHistory({ shape, now, before }: Scene, handOvers: number): Problems {
  const root = rootOf(shape);
  const info = answering(now).find(({ name }) => name === root)?.info;
  const was = before.find(({ info: each }) => each?.role === 'master')?.info?.master_replid;
  if (!info || handOvers === 0) return [];
  const [second, upTo] = [info.master_replid2, Number(info.second_repl_offset)];
  if (handOvers === 1 && second !== was) return [`${root} continues the history ${second}, and not ${was}`];
  const isSound = upTo > 0 && upTo <= Number(info.master_repl_offset) + 1;
  return isSound ? [] : [`${root} took over at ${upTo}, and is at ${info.master_repl_offset}`];
}

/** I15 */
export function nothingIsLeftBehind({ before, now }: Scene): Problems {
  return answering(now).flatMap(({ name, settings }) => {
    const was = before.find((node) => node.name === name)?.settings;
    return guarded
      .filter((setting) => settings[setting] !== was?.[setting])
      .map((setting) =>
        setting === 'masterauth'
          ? `${name} has another masterauth`
          : `${name} is left with ${setting} ${settings[setting]}, and had ${was?.[setting]}`,
      );
  });
}
