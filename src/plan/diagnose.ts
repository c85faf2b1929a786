import type { ConsideredEngine, EngineFacts } from '../domain/engine-facts.ts';
import { type Finding, fine, warning } from '../domain/finding.ts';
import type { HostRoute } from '../domain/host-route.ts';
import type { ObservedEngine } from '../domain/observed.ts';
import { formatMemory } from '../domain/quantities.ts';
import type { SecretPlace } from '../domain/secret-place.ts';
import { quoteForShell } from '../domain/shell.ts';
import { subnetsOverlap } from '../domain/subnet.ts';
import { diagnoseHost, type HostEvidence } from './diagnose-host.ts';

/** What `doctor` looks at, and what a cluster with the defaults would take. */
export interface Evidence {
  readonly endpoint: string;
  readonly chosenBy: string;
  readonly considered: readonly ConsideredEngine[];
  /** What is weaker than it could be on the way to the engine. */
  readonly warnings: readonly string[];
  /** Where ports that are published on the loopback are reached from here. */
  readonly reachHost: string;
  readonly facts: EngineFacts;
  readonly observed: ObservedEngine;
  /** Of the host of the engine; null where they cannot be known. */
  readonly routes: readonly HostRoute[] | null;
  /** Ports on which something of this machine listens that is no container. */
  readonly busyPorts: readonly number[];
  readonly hasImage: boolean;
  readonly host: HostEvidence;
  readonly wanted: Wanted;
}

/** What a cluster with the defaults would take. */
export interface Wanted {
  readonly cluster: string;
  readonly subnet: string;
  readonly ports: readonly number[];
  readonly image: string;
}

type Check = (evidence: Evidence) => readonly Finding[];

const problem = (code: string, message: string, next: string, details: readonly string[] = []): Finding => ({
  ...warning(code, message, next, details),
  level: 'problem',
});

const engine: Check = ({ facts, endpoint, chosenBy }) => [
  fine('engine', `${facts.product} ${facts.version} (API ${facts.apiVersion}) answers at ${endpoint} (${chosenBy}).`),
];

/** What there is to say about the way to the engine, whether it answers or not. */
export const wayToEngine = ({ warnings }: Pick<Evidence, 'warnings'>): readonly Finding[] =>
  warnings.map((text) => warning('engine-way', `${text}.`, 'docker context ls'));

/** Any user of a machine may look at what is not closed, and the password opens every node. */
export const keptSecrets = (secrets: readonly SecretPlace[]): readonly Finding[] =>
  secrets.map(({ path, kind, mode }) => {
    if ((mode & 0o077) === 0) return fine('secrets', `${path} is closed to other users of this machine.`);
    const isOpen = `${path} holds the password, and is open to other users of this machine (mode ${mode.toString(8)}).`;
    return warning('secrets', isOpen, `chmod ${kind === 'directory' ? 700 : 600} ${quoteForShell(path)}`);
  });

/** People look for their containers with the docker command, and there they would not be. */
const otherEngines: Check = ({ considered, chosenBy }) => {
  const isDefault = chosenBy === 'the default';
  const others = isDefault ? considered.filter(({ outcome }) => outcome === 'alive').map(({ place }) => place) : [];
  if (others.length > 0)
    return [
      warning(
        'engine-choice',
        'Other engines listen on this machine, and nobody chose one.',
        'docker context ls',
        others,
      ),
    ];
  return [];
};

const platform: Check = ({ facts }) => {
  const { host, system, os, arch, kernel, cgroupVersion, storageDriver } = facts;
  if (os === 'windows')
    return [problem('platform', `${host} runs Windows containers, and Redis needs Linux.`, 'docker context ls')];
  const cgroup = cgroupVersion === null ? '' : `, cgroup ${cgroupVersion}`;
  return [fine('platform', `${host}: ${system}, ${os}/${arch}, kernel ${kernel}${cgroup}, storage ${storageDriver}.`)];
};

const kind: Check = ({ facts: { isPodman, isRootless } }) => [
  ...(isPodman
    ? [
        warning(
          'podman',
          'The engine is Podman, with which rmsx is not tested.',
          'rmsx up --isolated   and see that it is healthy',
        ),
      ]
    : []),
  ...(isRootless
    ? [fine('rootless', 'The engine is rootless: sysctls may be refused, and up then goes on without.')]
    : []),
];

const smallMemoryBytes = 2 ** 30;

const resources: Check = ({ facts: { memoryBytes, cpus } }) => {
  const text = `${formatMemory(memoryBytes)} of memory and ${cpus} CPUs`;
  return memoryBytes < smallMemoryBytes
    ? [warning('resources', `The containers share ${text}, which is little.`, 'rmsx up --set maxmemory=64mb')]
    : [fine('resources', `The containers share ${text}.`)];
};

const reach: Check = ({ reachHost }) =>
  /^127\.|^::1$|^localhost$/.test(reachHost)
    ? [fine('reach', `Published ports are reached at ${reachHost}.`)]
    : [
        problem(
          'reach',
          `The engine is another machine: what is published on its loopback, as by default, is not reached at ${reachHost}.`,
          `rmsx up --bind ${/^[\d.]+$/.test(reachHost) ? reachHost : 'IP'}   with an address of ${reachHost} that only you can reach`,
        ),
      ];

const firstSafeMajor = 28;

/** The machine of Docker Desktop is on no network of others. */
const loopbackExposed: Check = ({ facts: { isPodman, isRootless, version, system } }) => {
  const major = Number.parseInt(version, 10);
  if (isPodman || isRootless || system === 'Docker Desktop' || !(major < firstSafeMajor)) return [];
  return [
    warning(
      'loopback-exposed',
      `With Docker ${version}, machines in the same network segment can reach ports that are published on 127.0.0.1; from ${firstSafeMajor} on they cannot.`,
      'Update Docker, or on its host: iptables -t raw -I PREROUTING ! -i lo -d 127.0.0.0/8 -j DROP',
    ),
  ];
};

const subnet: Check = ({ wanted, observed, routes }) => {
  const overlaps = (other: string): boolean => subnetsOverlap(other, wanted.subnet);
  const known = new Set(observed.networks.flatMap(({ subnets }) => subnets));
  const networks = observed.networks
    .filter(({ cluster, subnets }) => cluster !== wanted.cluster && subnets.some(overlaps))
    .map(({ name, subnets }) => `the network ${name} (${subnets.join(', ')})`);
  // The bridge of a network has a route, too.
  const ways = (routes ?? [])
    .filter((route) => !known.has(route.to) && overlaps(route.to))
    .map((route) => `the route of this host to ${route.to} (${route.device})`);
  const taken = [...networks, ...ways];
  const unseen = routes === null ? ' of networks; the routes of its host cannot be looked at from here' : '';
  if (taken.length === 0) return [fine('subnet', `The default subnet ${wanted.subnet} is free${unseen}.`)];
  return [
    problem(
      'subnet',
      `The default subnet ${wanted.subnet} overlaps with ${taken.join(' and ')}.`,
      'rmsx up --subnet auto',
    ),
  ];
};

const ports: Check = ({ wanted, observed, busyPorts }) => {
  const taken = wanted.ports.flatMap((port) => {
    const holder = observed.containers.find((container) => container.ports.some((own) => own.port === port));
    if (holder && holder.cluster === wanted.cluster) return [];
    if (holder) return [`${port} (the container ${holder.name})`];
    return busyPorts.includes(port) ? [`${port} (a program of this machine)`] : [];
  });
  if (taken.length === 0) return [fine('ports', `The default ports ${wanted.ports.join(', ')} are free.`)];
  return [problem('ports', `Default ports are taken: ${taken.join(', ')}.`, 'rmsx up --base-port auto')];
};

const image: Check = ({ wanted, hasImage }) => [
  hasImage
    ? fine('image', `The default image ${wanted.image} is here.`)
    : warning(
        'image',
        `The default image ${wanted.image} is not here: up has to pull it.`,
        `docker pull ${wanted.image}`,
      ),
];

/** Every check, in the order in which findings are told. */
const checks: readonly Check[] = [
  engine,
  wayToEngine,
  otherEngines,
  platform,
  kind,
  resources,
  ({ host }) => diagnoseHost(host),
  reach,
  loopbackExposed,
  subnet,
  ports,
  image,
];

/** @returns how everything is that a cluster with the defaults depends on */
export const diagnose = (evidence: Evidence): readonly Finding[] => checks.flatMap((check) => check(evidence));
