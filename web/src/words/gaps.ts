import type { Answer } from '../api/call.ts';

export const KIND: Readonly<Record<Answer<'listGaps'>['items'][number]['kind'], string>> = {
  nothing_found: 'Nothing was found',
  not_sure: 'What was found was not sure enough',
  rejected: 'What was found was not used',
};
