import { ownZone } from '../words/zone.ts';
import { TABS, type TabName } from './report-columns.ts';

const NAMES = ['connection', 'from', 'to', 'zone', 'channel', 'mode', 'group', 'tag', 'subject', 'compare'] as const;
/** What the address of a report asks for. */
export type ReportFilters = Partial<Record<(typeof NAMES)[number], string>>;

export function readReport(search: Record<string, unknown>): ReportFilters & { tab?: TabName; figure?: string } {
  const { tab, figure } = search;
  return {
    ...filtersOf(search),
    ...(typeof tab === 'string' && Object.hasOwn(TABS, tab) ? { tab: tab as TabName } : {}),
    ...(typeof figure === 'string' ? { figure } : {}),
  };
}

/** Without the tab; what is no filter is left out. */
export function filtersOf(search: Record<string, unknown>): ReportFilters {
  return Object.fromEntries(
    NAMES.flatMap((name) => {
      const value = search[name];
      return typeof value === 'string' && value !== '' ? [[name, value]] : [];
    }),
  );
}

/** The same with the reader's zone where none is named. */
export function cohortOf(filters: ReportFilters): ReportFilters {
  return { zone: ownZone(), ...filters };
}
