import type { FaultKind, Scenario, Step } from './scenario.ts';
import { valueFor } from './scenario.ts';

const faults: Readonly<Record<FaultKind, (who: string) => string>> = {
  kill: (who) => `${who} dies of SIGKILL`,
  restart: (who) => `${who} is restarted`,
  start: (who) => `${who} is started`,
  pause: (who) => `${who} is paused`,
  wake: (who) => `${who} is woken`,
  freeze: (who) => `${who} hangs (SIGSTOP)`,
  thaw: (who) => `${who} hangs no more`,
  disconnect: (who) => `${who} is taken off the network`,
  connect: (who) => `${who} is put back on the network`,
  blink: (who) => `the replicas of ${who} lose their connections`,
  cut: (who) => `${who} is cut off from its source`,
  mend: (who) => `${who} may come back to its source`,
  crash: (who) => `${who} crashes at each start`,
  stray: (who) => `${who} is told to be a master`,
  return: (who) => `${who} is told to follow its source again`,
  lock: () => 'another process changes the cluster',
  unlock: () => 'nobody else changes the cluster any more',
};

const waits = {
  down: 'has no link',
  up: 'has a link',
  syncing: 'copies all data',
  loading: 'loads',
  answers: 'answers',
  forgotten: 'is a replica of nobody any more',
};

/** @returns a step as a clause */
export function clauseOf(step: Step): string {
  if ('fault' in step) return faults[step.fault](step.nodes.join(' and '));
  if ('writeKilobytes' in step) return `${step.writeKilobytes} KB are written on ${step.node}`;
  if ('set' in step) return `${step.node} gets ${step.set} ${step.to}`;
  if ('until' in step) return `${step.node} ${waits[step.until]}`;
  const { rmsx, exit = 0, while: code, ifBehind } = step;
  const again = code === undefined ? '' : `, again and again while it is ${code}`;
  const other = ifBehind === undefined ? '' : ` (or, where another received more, \`rmsx ${ifBehind.join(' ')}\`)`;
  return `\`rmsx ${rmsx.join(' ')}\`${other} ends with ${exit}${again}`;
}

/** @returns the cluster of a scenario in words: `a chain of 1 + 3 on redis:7.0, with repl-timeout 4` */
export function placeOf(
  { topology, replicas, fanout, settings, persistence, images }: Omit<Scenario, 'name' | 'steps' | 'expected'>,
  image: string,
): string {
  const servers = Object.entries(images ?? {}).map(([node, own]) => `${node} on ${own}`);
  const also = [
    ...(topology === 'tree' ? [`fanout ${fanout ?? 2}`] : []),
    ...(persistence === undefined ? [] : [`persistence ${persistence}`]),
    ...Object.entries(settings ?? {}).map((setting) => setting.join(' ')),
  ];
  const where = [image, ...servers].join(', ');
  return `a ${topology} of 1 + ${replicas} on ${where}${also.length > 0 ? `, with ${also.join(', ')}` : ''}`;
}

/** @returns a scenario as a sentence */
export function sentenceOf(scenario: Scenario, image: string): string {
  const { name, writers, steps, expected } = scenario;
  const load = writers === 0 ? '' : ` under ${writers} writers`;
  const full = valueFor(expected.full, image);
  const then = [
    `${expected.shape.join(' and ')} is what replicates`,
    { none: 'no acknowledged write is lost', 'as reported': 'what is lost is what rmsx lists', 'not asked': '' }[
      expected.lost
    ],
    ...(full === null ? [] : [`${full === 0 ? 'nobody copies' : `${full} copied`} all data anew`]),
    ...(expected.downtimeMs === undefined ? [] : [`writes rest for ${expected.downtimeMs / 1000} s at most`]),
  ].filter(Boolean);
  return [
    `Given ${placeOf(scenario, image)},`,
    `when ${name}${load}: ${steps.map(clauseOf).join(', ')},`,
    `then within ${(expected.withinMs ?? 20_000) / 1000} s ${then.join(', ')}, and every invariant holds.`,
  ].join('\n  ');
}
