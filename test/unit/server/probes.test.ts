import { describe, expect, it } from 'vitest';
import { createProbesServer, type ProbesDeps } from '../../../src/server/probes.ts';

function serve(deps: Partial<ProbesDeps>) {
  const failures: unknown[] = [];
  const log = { error: ({ err }: { err: unknown }) => failures.push(err) };
  const app = createProbesServer({
    live: () => [],
    ready: () => [],
    without: () => [],
    metrics: async () => '',
    log,
    ...deps,
  });
  return { app, failures };
}

describe('probes', () => {
  it.each(['/livez', '/readyz'])('%s is well when nothing fails', async (url) => {
    const answer = await serve({}).app.inject({ url });
    expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'ok' }]);
  });

  it('/livez says which watches are dead', async () => {
    const { app } = serve({ live: () => ['watch of apikeyrotations is dead', 'watch of keystores is dead'] });
    const answer = await app.inject({ url: '/livez' });
    expect(answer.statusCode).toBe(503);
    expect(answer.json().error).toEqual({
      code: 'NotAlive',
      message: 'watch of apikeyrotations is dead; watch of keystores is dead',
    });
    expect((await app.inject({ url: '/readyz' })).statusCode).toBe(200);
  });

  it('/readyz says what is not there yet', async () => {
    const { app } = serve({ ready: () => ['cache of keystores is not filled'] });
    const answer = await app.inject({ url: '/readyz' });
    expect([answer.statusCode, answer.json().error.code]).toEqual([503, 'NotReady']);
  });

  it('/readyz tells a ready one what it does without', async () => {
    const answer = await serve({ without: () => ['keystores cannot be listed'] }).app.inject({ url: '/readyz' });
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      { status: 'ok', without: ['keystores cannot be listed'] },
    ]);
  });

  it('/metrics serves the text as Prometheus reads it', async () => {
    const answer = await serve({ metrics: async () => 'a 1\n' }).app.inject({ url: '/metrics' });
    expect([answer.statusCode, answer.body]).toEqual([200, 'a 1\n']);
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  });

  it('a failing collector is told to the log, not to the caller', async () => {
    const failure = new Error('secret detail');
    const { app, failures } = serve({ metrics: () => Promise.reject(failure) });
    const answer = await app.inject({ url: '/metrics' });
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('secret detail');
    expect(failures).toEqual([failure]);
  });
});
