import { z } from 'zod';
import { settings } from './connections.ts';

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
