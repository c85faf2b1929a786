import type { Persistence, Topology } from '../../domain/cluster.ts';
import { canonicalDirective } from '../../domain/directives.ts';
import { canonicalNodeName, nodeIndex } from '../../domain/names.ts';
import { parseBytes } from '../memory.ts';
import { nearest } from '../nearest.ts';
import { evictionPolicies, prioritySetting, type Setting, type SettingKind, settings } from '../settings.ts';
import type { FileContent, NodeInFile } from './content.ts';
import { directives } from './directives.ts';
import { withFlags } from './flags-as-keys.ts';
import { apiVersion } from './limits.ts';
import {
  type Advice,
  choice,
  entriesOf,
  type Reader,
  refuse,
  section,
  shown,
  single,
  whole,
  word,
  words,
} from './readers.ts';

/** The largest number of seconds that every server takes. */
const mostSeconds = 2 ** 31 - 1;
const secondsPer: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };

/** A size as redis.conf writes it; a plain number is bytes. Gives the text of redis.conf. */
const size: Reader<string> = single('a size such as 16mb, or a number of bytes', (value) => {
  if (value.kind !== 'text' && value.kind !== 'number') return refuse();
  const bytes = parseBytes(value.text);
  return bytes === undefined || !Number.isSafeInteger(bytes) ? refuse() : value.text.toLowerCase();
});

/** A time with its unit. Gives whole seconds, as text. */
const seconds: Reader<string> = single('a time with its unit, such as 60s, 2m or 1h', (value) => {
  if (value.kind === 'number') return refuse(/^\d+$/.test(value.text) ? `write ${value.text}s` : undefined);
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(value.kind === 'text' ? value.text : '') ?? [];
  if (amount === undefined) return refuse();
  const read = Number((Number(amount) * (secondsPer[unit] ?? Number.NaN)).toFixed(9)); // 0.07h are 252 s
  if (!Number.isInteger(read)) return refuse('it has to be whole seconds');
  return read <= mostSeconds ? String(read) : refuse('that is more than 68 years');
});

const yesOrNo: Reader<string> = single('true or false', (value) => {
  if (value.kind === 'boolean') return value.value ? 'yes' : 'no';
  const text = value.kind === 'text' ? value.text : '';
  if (/^(yes|on)$/i.test(text)) return refuse('write true');
  return /^(no|off)$/i.test(text) ? refuse('write false') : refuse();
});

const bufferKeys = section({ hard: size, soft: size, softTime: seconds });

/** When a source gives up a replica: the class and the limits, as redis.conf has them. */
const bufferLimit = (otherwise: string): Reader<string> => ({
  keys: bufferKeys.keys ?? {},
  read: (value, place, notes) => {
    const [group, ...limits] = otherwise.split(' ');
    const { hard = limits[0], soft = limits[1], softTime = limits[2] } = bufferKeys.read(value, place, notes) ?? {};
    return [group, hard, soft, softTime].join(' ');
  },
});

function settingReader({ kind, otherwise }: Setting): Reader<string> {
  const readers: Readonly<Record<SettingKind, () => Reader<string>>> = {
    bytes: () => size,
    seconds: () => seconds,
    boolean: () => yesOrNo,
    count: () => count(otherwise),
    policy: () => choice(evictionPolicies),
    'buffer-limit': () => bufferLimit(otherwise),
  };
  return readers[kind]();
}

/** Gives the number as text. */
function count(example: string): Reader<string> {
  const number = whole(example, 0);
  return {
    read: (value, place, notes) => {
      const read = number.read(value, place, notes);
      return read === undefined ? undefined : String(read);
    },
  };
}

/** The settings whose path begins with a group, as keys of that group. */
function settingsOf(group: string): Reader<Readonly<Record<string, string | undefined>>> {
  const own = settings.filter(({ path }) => path.startsWith(`${group}.`));
  return section(
    Object.fromEntries(own.map((setting) => [setting.path.slice(group.length + 1), settingReader(setting)])),
    adviceFor('redis'),
  );
}

/** Keys that people look for further up. */
const placesOfKeys = [
  'network.subnet',
  'network.driver',
  'ports.base',
  'ports.bind',
  ...settings.map(({ path }) => path),
];

/** @param directivesAt - where directives belong that stand among the keys */
const adviceFor = (directivesAt: string): Advice => ({
  instead: (key) => {
    const directive = canonicalDirective(key);
    const setting = settings.find((known) => known.directive === directive);
    return placesOfKeys.find((path) => lastPart(path) === key) ?? setting?.path;
  },
  otherwise: (key) => {
    const near = nearest(key.slice(0, 40), placesOfKeys.map(lastPart));
    if (near !== undefined) return `did you mean ${placesOfKeys.find((path) => lastPart(path) === near)}?`;
    return canonicalDirective(key) === undefined ? undefined : `directives of redis.conf stand below ${directivesAt}`;
  },
});

const lastPart = (path: string): string => path.slice(path.lastIndexOf('.') + 1);

const image = word('the name of an image, such as redis:8.0');

/** A node has directives, and none of the settings that are for all nodes. */
const adviceForNode: Advice = { ...adviceFor('redis of the node'), instead: () => undefined };

const node: Reader<NodeInFile> = section(
  {
    source: word('the name of a node, such as master'),
    image,
    ip: word('an address, such as 172.19.0.40'),
    port: whole('7000'),
    priority: settingReader(prioritySetting),
    redis: directives,
  },
  adviceForNode,
);

/** Gives the nodes by the names that rmsx uses. The reader of one node is its only key. */
const nodes: Reader<ReadonlyMap<string, NodeInFile>> = {
  keys: { NODE: node },
  read: (value, place, notes) => {
    const found = new Map<string, NodeInFile>();
    for (const { entry, at } of entriesOf(value, place, notes)) {
      const name = canonicalNodeName(entry.key);
      if (nodeIndex(name) < 0) {
        const message = 'is no name of a node; they are master, slave-1, slave-2 and so on';
        notes.report({ ...at, path: shown(at.path) }, message);
      } else if (notes.enter(at)) {
        found.set(name, node.read(entry.value, at, notes) ?? {});
      }
    }
    return found;
  },
};

const orAuto = <T>(reader: Reader<T>): Reader<T | 'auto'> => ({
  read: (value, place, notes) =>
    value.kind === 'text' && value.text === 'auto' ? 'auto' : reader.read(value, place, notes),
});

/** All of rmsx.yaml. */
export const rmsxFileKeys: Reader<FileContent> = section(
  {
    $schema: word('the place of the JSON Schema, for editors'),
    apiVersion: choice([apiVersion]),
    name: word('the name of the cluster, such as redis-server'),
    image,
    topology: choice<Topology>(['star', 'chain', 'tree', 'custom']),
    replicas: whole('2'),
    fanout: whole('2'),
    network: section({ subnet: word('a subnet such as 172.19.0.0/24, or auto'), driver: choice(['bridge']) }),
    ports: section({
      base: orAuto(whole('6379, or auto')),
      bind: word('an address of this host, such as 127.0.0.1'),
    }),
    timezone: word('a time zone, such as Europe/Berlin'),
    persistence: choice<Persistence>(['aof', 'rdb', 'none']),
    passwordFile: word('the path of a file that holds the password', true),
    disabledCommands: words('a list of commands such as [KEYS, FLUSHALL]'),
    replication: settingsOf('replication'),
    memory: settingsOf('memory'),
    redis: directives,
    nodes,
  },
  withFlags(adviceFor('redis')),
);
