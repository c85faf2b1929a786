/** A subnet that the kernel of a host knows a way to. */
export interface HostRoute {
  readonly device: string;
  readonly subnet: string;
}

/** The flag of a route that says: nobody is there. A network in its place is in nobody's way. */
const rejects = 0x0200;

/**
 * Reads /proc/net/route, whose numbers are in the byte order of the host: little-endian wherever rmsx runs.
 * @returns every route that leads somewhere, but for the default one, which would overlap with everything
 */
export function parseRoutes(text: string): readonly HostRoute[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [device = '', destination = '', , flags = '', , , , mask = ''] = line.split(/\s+/);
      if (!/^[0-9a-f]{8}$/i.test(destination) || !/^[0-9a-f]{8}$/i.test(mask)) return [];
      if (Number.parseInt(flags, 16) & rejects) return [];
      const prefix = [...bytesOf(mask)].reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);
      return prefix === 0 ? [] : [{ device, subnet: `${bytesOf(destination).join('.')}/${prefix}` }];
    });
}

const bytesOf = (hex: string): readonly number[] =>
  [6, 4, 2, 0].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
