import { hostname } from 'node:os';
import { defaults } from '../config/defaults.ts';
import type { ConsideredEngine, EngineFacts } from '../domain/engine-facts.ts';
import { RmsxError } from '../domain/errors.ts';
import type { Finding } from '../domain/finding.ts';
import type { Engine, Ports } from '../domain/ports.ts';
import { readHostRoutes } from '../files/host-routes.ts';
import { readHostSettings } from '../files/host-settings.ts';
import { readSecretPlaces } from '../files/secret-places.ts';
import { diagnose, keptSecrets, type Wanted, wayToEngine } from '../plan/diagnose.ts';
import { memoryOfRunning } from './memory.ts';
import { observeEngine } from './observe-engine.ts';
import { portsInUse } from './ports-in-use.ts';

/** How the engine and its host are. */
export interface Diagnosis {
  /** `unusable`: no engine; `degraded`: a default does not work here; `usable`: everything else. */
  readonly health: 'usable' | 'degraded' | 'unusable';
  /** Null where no engine answers. */
  readonly engine: DiagnosedEngine | null;
  /** Where an engine was looked for, in order. */
  readonly considered: readonly ConsideredEngine[];
  readonly findings: readonly Finding[];
}

/** The engine that was found. */
export interface DiagnosedEngine extends EngineFacts {
  readonly endpoint: string;
  readonly chosenBy: string;
  /** Whether published ports are on this machine. */
  readonly isLocal: boolean;
}

/**
 * Looks at everything that a cluster depends on. Changes nothing, and an engine that cannot be reached is a finding, as is
 * one that does not answer in time.
 * @param name - of the cluster: what it holds itself is not in its way
 * @param open - makes the connection, which may fail
 * @param secretPaths - files and directories of this machine that hold the password. @default none
 * @throws RmsxError for everything but an engine that cannot be reached, refuses or does not answer
 */
export async function doctor(
  name: string,
  open: () => Promise<Ports>,
  secretPaths: readonly string[] = [],
): Promise<Diagnosis> {
  const secrets = keptSecrets(await readSecretPlaces(secretPaths));
  const diagnosis = await look(name, open);
  return { ...diagnosis, findings: [...diagnosis.findings, ...secrets] };
}

async function look(name: string, open: () => Promise<Ports>): Promise<Diagnosis> {
  let engine: Engine | undefined;
  try {
    engine = (await open()).engine;
    return await examine(name, engine);
  } catch (error) {
    if (!(error instanceof RmsxError) || !(error.exitCode === 6 || error.code === 'timeout')) throw error;
    const { code, message, hint = null, logs } = error;
    const considered = (await engine?.considered()) ?? [];
    return {
      health: 'unusable',
      engine: null,
      considered,
      findings: [
        { code, level: 'problem', message: naming(engine, error, message), next: adviceFor(hint), details: logs },
        ...wayToEngine({ warnings: engine?.warnings ?? [] }),
      ],
    };
  }
}

/** Who does not answer does not say either which engine it is. */
const naming = (engine: Engine | undefined, { code }: RmsxError, message: string): string =>
  engine && code === 'timeout'
    ? `The Docker engine at ${engine.endpoint} (${engine.origin}) is silent. ${message}`
    : message;

/** Elsewhere the hint is to ask the doctor. */
const adviceFor = (hint: string | null): string | null =>
  hint?.replace(/ ?See (what was tried|which engine is meant): rmsx doctor$/, '') || null;

async function examine(name: string, engine: Engine): Promise<Diagnosis> {
  const wanted: Wanted = {
    cluster: name,
    subnet: defaults.subnet,
    ports: Array.from({ length: defaults.replicas + 1 }, (_, i) => defaults.basePort + i),
    image: defaults.image,
  };
  const [facts, observed, hasImage, considered, busyPorts, running] = await Promise.all([
    engine.facts(),
    observeEngine(engine),
    engine.hasImage(wanted.image),
    engine.considered(),
    engine.isLocal ? portsInUse(wanted.ports, defaults.bind) : [],
    memoryOfRunning(engine),
  ]);
  const isHere = engine.isLocal && facts.host === hostname();
  const { endpoint, origin: chosenBy, isLocal, warnings } = engine;
  const reachHost = engine.reach(defaults.bind, defaults.basePort).host;
  const [routes, settings] = isHere ? await Promise.all([readHostRoutes(), readHostSettings()]) : [null, null];
  const host = { settings, memoryBytes: facts.memoryBytes, ...running };
  const seen = {
    endpoint,
    chosenBy,
    warnings,
    reachHost,
    facts,
    observed,
    hasImage,
    considered,
    busyPorts,
    routes,
    host,
  };
  const findings = diagnose({ ...seen, wanted });
  return {
    health: findings.some(({ level }) => level === 'problem') ? 'degraded' : 'usable',
    engine: { endpoint, chosenBy, isLocal, ...facts },
    considered,
    findings,
  };
}
