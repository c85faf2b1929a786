/**
 * Arguments of `docker run` for a Sentinel; options such as the network stand before them.
 * @param image - of a Redis server
 * @param conf - its lines. They hold the password, and go into the environment: everybody may read a command line
 */
export const sentinelIn = (image: string, conf: readonly string[]): readonly string[] => [
  '--env',
  `CONF=${conf.join('\n')}`,
  '--entrypoint',
  'sh',
  image,
  '-c',
  'printf "%s\\n" "$CONF" > /tmp/sentinel.conf && exec redis-server /tmp/sentinel.conf --sentinel',
];
