import { isIPv4 } from 'node:net';
import { nodeCapacity, parseSubnet } from '../domain/subnet.ts';
import { checkClusterName } from './cluster-name.ts';
import { defaults } from './defaults.ts';
import { passwordProblem } from './password.ts';

/** When to fetch an image. */
export type PullPolicy = 'missing' | 'never' | 'always';

/**
 * What a user asks of `up`. What is left out keeps the value that the cluster has, or gets the default where it is new.
 */
export interface UpRequest {
  readonly name: string;
  readonly replicas?: number | undefined;
  readonly image?: string | undefined;
  /** CIDR, or `auto` for one that is free. */
  readonly subnet?: string | undefined;
  /** Port of the first master, or `auto` for ports that are free. */
  readonly basePort?: number | 'auto' | undefined;
  readonly bind?: string | undefined;
  readonly timezone?: string | undefined;
  readonly ephemeral?: boolean | undefined;
  /** Commands that are not to be disabled. */
  readonly allowCommands?: readonly string[] | undefined;
  readonly password?: string | undefined;
  readonly pull?: PullPolicy | undefined;
}

const maxPort = 65_535;
const imagePattern =
  /^(?:[a-zA-Z0-9][a-zA-Z0-9.-]*(?::\d+)?\/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;
const timezonePattern = /^[\w+\-/:.,<>]+$/;

/** @returns every problem of a request, as sentences that name the flag; nothing when it is sound */
export function checkUpRequest(request: UpRequest): readonly string[] {
  return [
    ...checkClusterName(request.name),
    ...checkSize(request),
    ...checkText('--image', request.image, imagePattern, 'the name of an image, such as redis:8.0'),
    ...(request.timezone === undefined || isTimezone(request.timezone)
      ? []
      : [`--tz: "${request.timezone}" is not a time zone, such as Europe/Berlin`]),
    ...(request.bind === undefined || isIPv4(request.bind) ? [] : [`--bind: "${request.bind}" is not an IPv4 address`]),
    ...checkAllowed(request.allowCommands ?? []),
    ...(request.password === undefined ? [] : passwordProblem(request.password)),
  ];
}

function checkSize({ replicas = defaults.replicas, subnet = defaults.subnet, basePort }: UpRequest): readonly string[] {
  const parsed = parseSubnet(subnet === 'auto' ? defaults.subnet : subnet);
  const problems: string[] = [];
  if (typeof parsed === 'string') problems.push(`--subnet: ${parsed}`);
  if (!Number.isSafeInteger(replicas) || replicas < 0) {
    problems.push(`--replicas: ${replicas} is not a number of replicas: 0 or more`);
  } else if (typeof parsed !== 'string' && replicas >= nodeCapacity(parsed)) {
    problems.push(
      `--replicas: ${replicas} do not fit into ${parsed.cidr}, which has room for ${nodeCapacity(parsed) - 1}`,
    );
  }
  const first = typeof basePort === 'number' ? basePort : defaults.basePort;
  if (!Number.isSafeInteger(first) || first < 1 || first > maxPort) {
    problems.push(`--base-port: ${first} is not a port: 1 to ${maxPort}`);
  } else if (first + replicas > maxPort) {
    problems.push(`--base-port: ${replicas + 1} nodes from port ${first} on end above ${maxPort}`);
  }
  return problems;
}

/** `Region/City` is a name of the time zone database; anything else may be a rule of its own, as TZ has them. */
function isTimezone(zone: string): boolean {
  if (!timezonePattern.test(zone)) return false;
  try {
    return !/^[A-Za-z_]+\//.test(zone) || new Intl.DateTimeFormat('en', { timeZone: zone }) !== undefined;
  } catch {
    return false;
  }
}

function checkText(flag: string, value: string | undefined, pattern: RegExp, expected: string): readonly string[] {
  return value === undefined || pattern.test(value) ? [] : [`${flag}: "${value}" is not ${expected}`];
}

function checkAllowed(commands: readonly string[]): readonly string[] {
  const known: readonly string[] = defaults.disabledCommands;
  return commands
    .filter((command) => !known.includes(command.toUpperCase()))
    .map((command) => `--allow-command: ${command} is not disabled; only ${known.join(', ')} are`);
}
