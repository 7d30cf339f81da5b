import { expect, test } from 'vitest';
import { GatewayError } from '../../../../src/platform/errors.ts';
import { SessionKeeper } from '../../../../src/sources/salesforce/session.ts';

const refused = () => new GatewayError('UPSTREAM_AUTHENTICATION_FAILED', 'refused');
const away = () => new GatewayError('UPSTREAM_UNAVAILABLE', 'away');

function keeper(outcomes: (GatewayError | 'ok')[] = []) {
  const clock = { nowMs: 1_000_000, now: () => clock.nowMs };
  let signIns = 0;
  const sessions = new SessionKeeper<string>(async () => {
    signIns += 1;
    const outcome = outcomes.shift() ?? 'ok';
    if (outcome !== 'ok') throw outcome;
    return `session ${signIns}`;
  }, clock);
  return { sessions, clock, signIns: () => signIns };
}

test('everybody who needs a session waits for one sign-in', async () => {
  const { sessions, signIns } = keeper();
  const all = await Promise.all(Array.from({ length: 100 }, () => sessions.current()));
  expect(new Set(all).size).toBe(1);
  expect(signIns()).toBe(1);
});

test('everybody whose session was refused shares one renewal, and late refusals of the old one renew nothing', async () => {
  const { sessions, signIns } = keeper();
  const first = await sessions.current();
  sessions.accepted(first);
  const renewed = await Promise.all(Array.from({ length: 100 }, () => sessions.renew(first)));
  expect(new Set(renewed).size).toBe(1);
  expect(await sessions.renew(first)).toBe(renewed[0]);
  expect(signIns()).toBe(2);
});

test('a refused sign-in is not repeated before a cool-down, which doubles up to a minute', async () => {
  const { sessions, clock, signIns } = keeper(Array.from({ length: 20 }, refused));
  let waitedMs = 0;
  for (const coolDownMs of [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
    const before = signIns();
    await expect(sessions.current()).rejects.toMatchObject({ code: 'UPSTREAM_AUTHENTICATION_FAILED' });
    clock.nowMs += coolDownMs - 1;
    await expect(sessions.current()).rejects.toMatchObject({ code: 'UPSTREAM_AUTHENTICATION_FAILED' });
    expect(signIns()).toBe(before + 1);
    clock.nowMs += 1;
    waitedMs += coolDownMs;
  }
  expect(waitedMs).toBeGreaterThan(180_000);
});

test('an org that is away is tried again every second, so that it is used as soon as it is back', async () => {
  const { sessions, clock, signIns } = keeper([away(), away(), away(), 'ok']);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    await expect(sessions.current()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    clock.nowMs += 1_000;
  }
  await expect(sessions.current()).resolves.toMatchObject({ connection: 'session 4' });
  expect(signIns()).toBe(4);
});

test('a new session that is refused at once leads to a cool-down, not to a loop', async () => {
  const { sessions, clock, signIns } = keeper();
  const first = await sessions.current();
  const second = await sessions.renew(first);
  sessions.discard(second);
  for (let call = 0; call < 50; call += 1) {
    await expect(sessions.current()).rejects.toMatchObject({ code: 'UPSTREAM_AUTHENTICATION_FAILED' });
    await expect(sessions.renew(second)).rejects.toMatchObject({ code: 'UPSTREAM_AUTHENTICATION_FAILED' });
  }
  expect(signIns()).toBe(2);
  clock.nowMs += 1_000;
  await sessions.current();
  expect(signIns()).toBe(3);
});

test('a session that has served is not discarded by a single refusal', async () => {
  const { sessions, signIns } = keeper();
  const first = await sessions.current();
  sessions.accepted(first);
  sessions.discard(first);
  expect(await sessions.current()).toBe(first);
  expect(signIns()).toBe(1);
});
