import { expect, test } from '@jest/globals';
import type { World } from './world.ts';

/** Who gets in, and may do what. */
export function accessTests(world: World): void {
  test('U1 a page leads to sign-in and back, a wrong token is told so, and signing out ends it on the server', async () => {
    const visitor = await world.visitor({ expected: [401] });
    await visitor.goto(world.url('/inbox?status=open'));
    await visitor.getByLabel('Token').fill('not-the-token');
    await visitor.getByRole('button', { name: 'Sign in' }).click();
    await expect(visitor.getByRole('alert').innerText()).resolves.toContain('ADMIN_TOKEN');
    await visitor.getByLabel('Token').fill(world.desk.config.adminToken);
    await visitor.getByRole('button', { name: 'Sign in' }).click();
    await visitor.getByRole('heading', { level: 1, name: 'Inbox' }).waitFor();
    expect(new URL(visitor.url()).search).toBe('?status=open');

    const [cookie] = await visitor.context().cookies();
    expect(cookie).toMatchObject({ name: 'opencx', httpOnly: true, sameSite: 'Strict' });
    const kept = String(await visitor.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])'));
    expect(kept).not.toContain(world.desk.config.adminToken);

    await visitor.getByRole('button', { name: 'Sign out' }).click();
    await visitor.getByRole('heading', { name: 'Sign in' }).waitFor();
    const me = await fetch(world.url('/api/me'), { headers: { cookie: `opencx=${cookie?.value}` } });
    expect(me.status).toBe(401);
    await visitor.goto(world.url('/inbox'));
    await visitor.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  test('U1 the link of the service signs in once, and leads nowhere else afterwards', async () => {
    const link = world.desk.service.signInLink();
    const first = await world.visitor();
    await first.goto(link);
    await first.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    expect(first.url()).not.toContain('code');
    const second = await world.visitor({ expected: [401] });
    await second.goto(link);
    await expect(second.getByRole('alert').innerText()).resolves.toContain('has been used');
    await second.goto(world.url('/sign-in?back=//evil.example'));
    await second.getByLabel('Token').fill(world.desk.config.adminToken);
    await second.getByRole('button', { name: 'Sign in' }).click();
    await second.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    expect(new URL(second.url()).host).toBe(new URL(world.url('')).host);
  });

  test('U2 a reader sees no control that changes something, and the API refuses one', async () => {
    const { id } = await world.replied();
    const viewer = await world.viewer();
    await viewer.goto(world.url(`/inbox/${id}`));
    await viewer.getByText('AI: Replied').first().waitFor();
    expect(await viewer.getByRole('button', { name: /Pause|Resume|Read again|try again/ }).count()).toBe(0);
    await world.page.goto(world.url(`/inbox/${id}`));
    await world.page.getByRole('button', { name: 'Read again' }).waitFor();
    expect(await world.page.getByRole('button', { name: 'Pause' }).count()).toBe(1);
    const answer = await viewer.context().request.post(world.url(`/api/sessions/${id}/sync`), {
      headers: { 'sec-fetch-site': 'same-origin' },
    });
    expect(answer.status()).toBe(403);
  });
}
