import type { TestCluster } from '../docker/support/cluster.ts';
import { Faults } from './faults.ts';
import { Observer } from './look.ts';
import { raise, shapeOf, whole } from './play.ts';
import { type Refusal, type refusalPlaces, refusalsOn } from './refusal.ts';
import { refusals } from './refusals.ts';
import type { Command, Step } from './scenario.ts';
import { fingerprint } from './sight.ts';

/**
 * A small backlog, so that a full synchronisation is easily come by; an append-only file that tells everything; and a master
 * that is given time, so that one which hangs is not taken for gone while it is looked at.
 */
const settings = { 'repl-backlog-size': '64kb', appendfsync: 'always', 'repl-ping-replica-period': '10' };

/** What became of one. */
export interface Refused {
  readonly refusal: Refusal;
  readonly problems: readonly string[];
}

/** Tries refusals on one cluster, one after the other; each leaves it as it was. @param told - of each, when it is over */
export async function playRefusals(
  place: (typeof refusalPlaces)[number],
  image: string,
  cluster: TestCluster,
  told: (refused: Refused) => void,
  isWanted: (refusal: Refusal) => boolean = () => true,
): Promise<readonly Refused[]> {
  await raise(cluster, { ...place, settings, writers: 0 }, image);
  const observer = new Observer(cluster);
  const shape = shapeOf(place);
  const faults = new Faults(cluster, observer, shape);
  const all: Refused[] = [];
  for (const refusal of refusalsOn(refusals, place.topology).filter(isWanted)) {
    await whole(observer, shape);
    const refused = { refusal, problems: await tryOne(refusal, cluster, observer, faults) };
    told(refused);
    all.push(refused);
  }
  return all;
}

async function tryOne(
  { rmsx, exit, says, before, after }: Refusal,
  cluster: TestCluster,
  observer: Observer,
  faults: Faults,
): Promise<readonly string[]> {
  for (const step of before) await faults.do(asFault(step));
  const was = fingerprint(await observer.look());
  const [verb = '', ...args] = rmsx.split(' ');
  const { code, stderr } = await cluster.rmsx(verb, ...args);
  const is = fingerprint(await observer.look());
  const problems = [
    ...(code === exit ? [] : [`it ended with ${code}, and not ${exit}: ${stderr}`]),
    ...says
      .filter((pattern) => !pattern.test(plain(stderr, cluster.name)))
      .map((each) => `it does not say ${each}: ${stderr}`),
    ...is.flatMap((line, at) => (line === was[at] ? [] : [`changed: ${was[at]} -> ${line}`])),
  ];
  try {
    for (const step of after) await faults.do(asFault(step));
  } catch (cause) {
    throw new Error(`it does not become what it was; ${problems.join('; ')}`, { cause });
  }
  return problems;
}

/** Commands name a cluster that is not the usual one. */
const plain = (text: string, name: string): string => text.replaceAll(` -n ${name}`, '');

function asFault(step: Step): Exclude<Step, Command> {
  if ('rmsx' in step) throw new Error('a refusal has one command only');
  return step;
}
