import { z } from 'zod';
import { KINDS } from '../domain/attention.ts';
import { time } from './values.ts';

const attentionItem = z
  .object({
    kind: z.enum(KINDS),
    connection: z.string().nullable().meta({ description: 'null where it concerns them all' }),
    ticketId: z.int().nullable(),
    since: time,
    what: z.string(),
    whatToDo: z.string(),
  })
  .meta({ id: 'AttentionItem', description: 'Something that needs a person' });

export const attentionList = z.object({ items: z.array(attentionItem) });
