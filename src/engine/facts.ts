import type Docker from 'dockerode';
import type { EngineFacts } from '../domain/engine-facts.ts';
import { strangeReply } from './wire.ts';

/** What an engine answers, as far as it can be relied on: Podman and old engines leave things out. */
interface Answer {
  readonly Platform?: { readonly Name?: string };
  readonly Components?: readonly { readonly Name?: string }[] | null;
  readonly Version?: string;
  readonly ApiVersion?: string;
  readonly Os?: string;
  readonly Arch?: string;
  readonly KernelVersion?: string;
  readonly Name?: string;
  readonly OperatingSystem?: string;
  readonly CgroupVersion?: string;
  readonly SecurityOptions?: readonly string[] | null;
  readonly Driver?: string;
  readonly MemTotal?: number;
  readonly NCPU?: number;
}

/** Asks an engine what it is. */
export async function engineFacts(docker: Docker): Promise<EngineFacts> {
  const [version, info] = (await Promise.all([docker.version(), docker.info()])) as [Answer, Answer];
  return toFacts(version, info);
}

/**
 * The answers of `/version` and `/info` in our words.
 * @throws RmsxError `engine-refused` for what no engine says
 */
export function toFacts(version: Answer, info: Answer): EngineFacts {
  if (typeof version?.Version !== 'string' || typeof info !== 'object') throw strangeReply();
  const parts = (version.Components ?? []).map(({ Name = '' }) => Name);
  const podman = parts.find((name) => /podman/i.test(name));
  return {
    product: podman ?? (version.Platform?.Name || 'Docker Engine'),
    isPodman: podman !== undefined,
    version: version.Version,
    apiVersion: version.ApiVersion ?? 'unknown',
    host: info.Name ?? 'unknown',
    system: info.OperatingSystem ?? 'unknown',
    os: version.Os ?? 'unknown',
    arch: version.Arch ?? 'unknown',
    kernel: version.KernelVersion ?? 'unknown',
    cgroupVersion: info.CgroupVersion ?? null,
    isRootless: (info.SecurityOptions ?? []).some((option) => /name=rootless/.test(option)),
    storageDriver: info.Driver ?? 'unknown',
    memoryBytes: info.MemTotal ?? 0,
    cpus: info.NCPU ?? 0,
  };
}
