import { z } from 'zod';
import { settings } from './connections.ts';
import { queryFlag, time } from './values.ts';

export const settingsQuery = z.strictObject({
  explain: queryFlag.optional().meta({ description: 'Each setting by itself: `ExplainedSettings`' }),
});

export const explainedSettings = z
  .object({
    items: z.array(
      z.object({
        path: z.string().meta({ description: 'Dotted, such as `channels.email.mode`' }),
        value: z.unknown(),
        default: z.unknown(),
        effect: z.string().nullable(),
        unit: z.string().nullable(),
        changedAt: time.nullable().meta({ description: 'null: not since changes are noted' }),
        changedBy: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'ExplainedSettings' });
export type ExplainedSettings = z.output<typeof explainedSettings>;

export const settingsPreview = z
  .object({
    settings,
    widened: z
      .array(z.string())
      .meta({ description: 'What lets more customers get a public reply than before, each as "name: old → new"' }),
    waiting: z.int().meta({ description: 'Tickets that wait for the AI' }),
    answeredNow: z
      .int()
      .meta({ description: 'Of what waits, how many may get a public reply by the present settings' }),
    answeredThen: z.int().meta({ description: 'How many by these' }),
  })
  .meta({ id: 'SettingsPreview', description: 'What a change of settings would do' });

export type SettingsPreview = z.output<typeof settingsPreview>;
