// The floor under every way of starting containers: bare calls to the engine, all at once, and nothing around them.
// It is told what to create by a JSON file: { network, containers: [{ name, body }] }. It ends when all of them run.
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';

const socketPath = (process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock').replace(/^unix:\/\//, '');
const agent = new Agent({ keepAlive: true });
const { network, containers } = JSON.parse(readFileSync(process.argv[2], 'utf8'));

await post('/networks/create', network);
await Promise.all(
  containers.map(async ({ name, body }) => {
    const { Id } = await post(`/containers/create?name=${name}`, body);
    await post(`/containers/${Id}/start`);
  }),
);
agent.destroy();

function post(path, body) {
  const payload = body === undefined ? '' : JSON.stringify(body);
  const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(payload) };
  return new Promise((resolve, reject) => {
    const call = request({ agent, socketPath, path, method: 'POST', headers }, (reply) => {
      let text = '';
      reply.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      reply.on('error', reject);
      reply.on('end', () => {
        if (reply.statusCode >= 300) reject(new Error(`POST ${path}: ${reply.statusCode} ${text}`));
        else resolve(text === '' ? {} : JSON.parse(text));
      });
    });
    call.on('error', reject);
    call.end(payload);
  });
}
