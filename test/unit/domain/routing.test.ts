import { describe, expect, test } from '@jest/globals';
import { MARKER_FIELD, MARKER_TAG, routingSteps, type RoutingStep } from '../../../src/domain/routing.ts';
import type { Routing } from '../../../src/domain/settings.ts';

const AGENT = 31;
const TAKEN_FROM = 32;
const GROUP = 41;
const ROUTINGS: Routing[] = [
  { kind: 'unassign' },
  { kind: 'unassign_with_marker' },
  { kind: 'agent', agentId: AGENT },
  { kind: 'group', groupId: GROUP },
];
const namesOf = (steps: RoutingStep[]): string[] => steps.map(({ step }) => step);
const first = (routing: Routing, takenFromId: number | null = null): RoutingStep | undefined =>
  routingSteps(routing, takenFromId)[0];

describe('H3 the configured routing is tried first, and opens the ticket', () => {
  test('H3 unassign clears the responder', () => {
    expect(first({ kind: 'unassign' })).toEqual({
      step: 'routed',
      status: 2,
      responderId: null,
      groupId: undefined,
      marker: false,
      tag: false,
    });
  });
  test('H3 unassign gives the ticket back to the person it was taken from', () => {
    expect(first({ kind: 'unassign' }, TAKEN_FROM)).toMatchObject({ status: 2, responderId: TAKEN_FROM });
  });
  test('H3 unassign_with_marker clears the responder and sets the marker', () => {
    expect(first({ kind: 'unassign_with_marker' }, TAKEN_FROM)).toEqual({
      step: 'routed',
      status: 2,
      responderId: null,
      groupId: undefined,
      marker: true,
      tag: false,
    });
  });
  test('H3 agent: that agent, and the group stays', () => {
    expect(first({ kind: 'agent', agentId: AGENT }, TAKEN_FROM)).toEqual({
      step: 'routed',
      status: 2,
      responderId: AGENT,
      groupId: undefined,
      marker: false,
      tag: false,
    });
  });
  test('H3 group: that group, and the responder is cleared', () => {
    expect(first({ kind: 'group', groupId: GROUP }, TAKEN_FROM)).toEqual({
      step: 'routed',
      status: 2,
      responderId: null,
      groupId: GROUP,
      marker: false,
      tag: false,
    });
  });
});

describe('H4 what is tried when Freshdesk refuses', () => {
  test.each(ROUTINGS.filter(({ kind }) => kind !== 'unassign_with_marker'))(
    'H4 after $kind: marker, then tag, then the responder alone',
    (routing) => {
      const steps = routingSteps(routing, TAKEN_FROM);
      expect(namesOf(steps)).toEqual(['routed', 'unassigned_with_marker', 'unassigned_with_tag', 'unassigned']);
      const [, marked, tagged, bare] = steps;
      expect(marked).toMatchObject({ status: 2, responderId: null, groupId: undefined, marker: true, tag: false });
      expect(tagged).toMatchObject({ status: 2, responderId: null, groupId: undefined, marker: false, tag: true });
      expect(bare).toMatchObject({ status: null, responderId: null, groupId: undefined, marker: false, tag: false });
    },
  );
  test('H4 a refused marker is not tried a second time', () => {
    const steps = routingSteps({ kind: 'unassign_with_marker' }, null);
    expect(namesOf(steps)).toEqual(['routed', 'unassigned_with_tag', 'unassigned']);
    expect(steps.map(({ marker, tag }) => [marker, tag])).toEqual([
      [true, false],
      [false, true],
      [false, false],
    ]);
  });
  test.each(ROUTINGS)('H4 $kind: no step leaves the ticket with the AI, each says who gets it', (routing) => {
    for (const { responderId } of routingSteps(routing, TAKEN_FROM))
      expect([null, AGENT, TAKEN_FROM]).toContain(responderId);
  });
  test('H4 the marker and the tag that stands in for it', () => {
    expect([MARKER_FIELD, MARKER_TAG]).toEqual(['cf_opencx_handed_off', 'opencx_handed_off']);
  });
});
