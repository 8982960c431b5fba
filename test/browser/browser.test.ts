import '../../testbed/quiet.ts';
import { afterAll, afterEach, beforeAll, describe, expect, jest } from '@jest/globals';
import { whyNoBrowser } from '../../testbed/browser.ts';
import { accessTests } from './access.ts';
import { inboxTests } from './inbox.ts';
import { lookTests } from './look.ts';
import { reportsTests } from './reports.ts';
import { resolutionTests } from './resolutions.ts';
import { settingsTests } from './settings.ts';
import { stateTests } from './states.ts';
import { ticketTests } from './ticket.ts';
import { troubleTests } from './trouble.ts';
import { openWorld, type World } from './world.ts';

jest.setTimeout(120_000);
const why = whyNoBrowser();
if (why !== null) console.info(`browser tests skipped: ${why}`);

(why === null ? describe : describe.skip)('the Inbox in a Chromium', () => {
  const world = {} as World;
  let close = async (): Promise<void> => undefined;
  beforeAll(async () => {
    Object.assign(world, await openWorld());
    close = world.close;
  });
  afterAll(() => close());
  afterEach(async () => {
    await world.endVisits();
    world.expected.splice(0);
    expect(world.faults.splice(0)).toEqual([]);
  });

  accessTests(world);
  inboxTests(world);
  ticketTests(world);
  reportsTests(world);
  settingsTests(world);
  stateTests(world);
  resolutionTests(world);
  lookTests(world);
  troubleTests(world);
});
