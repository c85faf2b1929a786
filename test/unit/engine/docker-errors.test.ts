import { describe, expect, test } from 'vitest';
import { RmsxError } from '../../../src/domain/errors.ts';
import { toEngineError } from '../../../src/engine/docker-errors.ts';

/** An error as dockerode throws it. */
const reply = (statusCode: number, message: string): Error =>
  Object.assign(new Error(`(HTTP code ${statusCode}) unexpected - ${message} `), {
    statusCode,
    reason: 'server error',
    json: { message },
  });

const translate = (error: unknown): RmsxError =>
  toEngineError('start demo-master', 'unix:///var/run/docker.sock', error);

/** Docker before 27, Docker since, and Podman. */
const overlaps = [
  'Pool overlaps with other one on this address space',
  'invalid pool request: Pool overlaps with other one on this address space',
  'cannot create network: networks have overlapping IPv4',
];

/** What a program or a directory is denied, and not the user of the engine. */
const deniedInside = [
  'failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "docker-entrypoint.sh": permission denied: unknown',
  'error while creating mount source path "/srv/data": mkdir /srv/data: permission denied',
  'crun: open executable: Permission denied: OCI permission denied',
];

describe('what engines say must be told apart', () => {
  test.each<readonly [number, string, string, string]>([
    ...overlaps.flatMap((text) =>
      [403, 409, 500].map((status) => [status, text, 'conflict', 'subnet-overlap'] as const),
    ),
    [
      500,
      'driver failed programming external connectivity on endpoint demo-master (abc): Bind for 127.0.0.1:6379 failed: port is already allocated',
      'conflict',
      'port-taken',
    ],
    [
      500,
      'driver failed programming external connectivity on endpoint demo-master (abc): Error starting userland proxy: listen tcp4 127.0.0.1:6379: bind: address already in use',
      'conflict',
      'port-taken',
    ],
    [
      500,
      'failed to bind host port for 127.0.0.1:6379:172.19.0.10:6379/tcp: address already in use',
      'conflict',
      'port-taken',
    ],
    [500, 'failed to bind host port 127.0.0.1:6379/tcp: address already in use', 'conflict', 'port-taken'],
    [
      500,
      'Ports are not available: exposing port TCP 127.0.0.1:6379 -> 127.0.0.1:0: listen tcp4 127.0.0.1:6379: bind: address already in use',
      'conflict',
      'port-taken',
    ],
    [
      500,
      'Ports are not available: exposing port TCP 127.0.0.1:6379 -> 0.0.0.0:0: listen tcp 127.0.0.1:6379: bind: Only one usage of each socket address (protocol/network address/port) is normally permitted.',
      'conflict',
      'port-taken',
    ],
    [
      500,
      'Ports are not available: exposing port TCP 127.0.0.1:50000 -> 0.0.0.0:0: listen tcp 127.0.0.1:50000: bind: An attempt was made to access a socket in a way forbidden by its access permissions.',
      'conflict',
      'port-reserved',
    ],
    [500, 'rootlessport listen tcp 127.0.0.1:6379: bind: address already in use', 'conflict', 'port-taken'],
    [403, 'Address already in use', 'conflict', 'address-taken'],
    [403, 'failed to set up container networking: Address already in use', 'conflict', 'address-taken'],
    [
      500,
      'IPAM error: requested ip address 172.19.0.10 is already allocated to container ID abc',
      'conflict',
      'address-taken',
    ],
    [409, 'network with name demo_app_net already exists', 'conflict', 'name-taken'],
    [409, 'network name demo_app_net already used: network already exists', 'conflict', 'name-taken'],
    [500, 'listen tcp4 192.0.2.1:6379: bind: cannot assign requested address', 'bad-spec', 'bind-not-ours'],
    [
      409,
      'Conflict. The container name "/demo-master" is already in use by container "abc". You have to remove (or rename) that container to be able to reuse that name.',
      'conflict',
      'name-taken',
    ],
    [403, 'endpoint with name demo-master already exists in network demo_app_net', 'conflict', 'endpoint-exists'],
    [403, 'error while removing network: network demo_app_net id abc has active endpoints', 'conflict', 'in-use'],
    [409, 'remove demo-master-data: volume is in use - [abc]', 'conflict', 'in-use'],
    [
      500,
      'container abc: driver "overlay2" failed to remove root filesystem: directory not empty',
      'failed',
      'half-removed',
    ],
    [409, 'removal of container abc is already in progress', 'conflict', 'going-away'],
    [404, 'No such image: redis:8.0', 'image-missing', 'image-missing'],
    [404, 'manifest for redis:99 not found: manifest unknown: manifest unknown', 'image-missing', 'image-missing'],
    [
      404,
      "pull access denied for nope, repository does not exist or may require 'docker login'",
      'image-missing',
      'image-missing',
    ],
    [400, 'invalid reference format', 'bad-spec', 'image-name'],
    [500, 'error setting sysctl net.core.somaxconn: permission denied', 'failed', 'sysctl-refused'],
    [403, 'authorization denied by plugin opa', 'engine-refused', 'permission'],
    [500, 'authorization denied by plugin opa: no', 'engine-refused', 'permission'],
    [
      500,
      'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock',
      'engine-refused',
      'permission',
    ],
    [403, 'Request forbidden by administrative rules.', 'engine-refused', 'permission'],
    [403, 'permission denied', 'engine-refused', 'permission'],
    [403, 'operation is not permitted on predefined bridge network', 'failed', 'engine-error'],
    ...deniedInside.map((text) => [500, text, 'failed', 'engine-error'] as const),
    ...deniedInside.map((text) => [400, text, 'failed', 'engine-error'] as const),
    [404, 'No such container: abc', 'failed', 'gone'],
    [404, 'network abc not found', 'failed', 'gone'],
    [404, 'Could not find the file /usr/local/etc/redis in container abc', 'failed', 'gone'],
    [404, 'unable to find network with name or ID abc: network not found', 'failed', 'gone'],
    [404, 'page not found', 'failed', 'engine-error'],
    [404, 'no route matched with those values', 'failed', 'engine-error'],
    [500, 'something new', 'failed', 'engine-error'],
  ])('%i %s', (status, message, code, reason) => {
    const error = translate(reply(status, message));
    expect([error.code, error.reason, error.message]).toEqual([
      code,
      reason,
      `The engine could not start demo-master: ${message}`,
    ]);
  });
});

describe('an engine that is not reached', () => {
  test.each(['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'ETIMEDOUT', 'EHOSTUNREACH'])(
    '%s must say that it does not answer',
    (code) => {
      const error = translate(Object.assign(new Error(`connect ${code}`), { code }));
      expect([error.code, error.exitCode, error.message, error.hint]).toEqual([
        'engine-unreachable',
        6,
        `The Docker engine at unix:///var/run/docker.sock does not answer (${code}).`,
        'Start it, or name another one with --docker-host or --docker-context. See what was tried: rmsx doctor',
      ]);
    },
  );

  test.each(['EACCES', 'EPERM'])('%s must say that it refuses us', (code) => {
    const error = translate(Object.assign(new Error(`connect ${code}`), { code }));
    expect([error.code, error.exitCode, error.message]).toEqual([
      'engine-refused',
      6,
      `The Docker engine at unix:///var/run/docker.sock refuses this user (${code}).`,
    ]);
  });
});

test.each([
  ['an error without a reply', new Error('odd'), 'odd'],
  ['a reply without a message', Object.assign(new Error('HTTP'), { statusCode: 500, json: {} }), 'HTTP'],
  [
    'a reply whose message is no text',
    Object.assign(new Error('HTTP'), { statusCode: 500, json: { message: 1 } }),
    'HTTP',
  ],
  ['nothing', undefined, 'it gave no reason'],
  ['null', null, 'it gave no reason'],
])('%s must become an error of ours', (_, error, text) => {
  const translated = translate(error);
  expect([translated.code, translated.message]).toEqual(['failed', `The engine could not start demo-master: ${text}`]);
});

test('our own errors must pass unchanged', () => {
  const own = new RmsxError('timeout', 'x');
  expect(translate(own)).toBe(own);
});
