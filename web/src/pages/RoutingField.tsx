import { NamedId } from './NamedIds.tsx';
import type { Names } from './settings-names.ts';

type Props = {
  id: string;
  about: string;
  label: string;
  value: { kind: string };
  names: Names;
  set: (value: unknown) => void;
};

const KINDS = {
  unassign: 'To nobody',
  unassign_with_marker: 'To nobody, marked with the checkbox of the AI',
  agent: 'To one agent',
  group: 'To a group',
} as const;

/** Where a ticket goes when it is handed over. */
export function RoutingField({ id, about, label, value, names, set }: Props) {
  const target = value.kind === 'agent' ? 'agentId' : value.kind === 'group' ? 'groupId' : null;
  const named = (target === 'agentId' ? names.agents : names.groups) ?? [];
  const given = target === null ? undefined : (value as Record<string, unknown>)[target];
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <span className="row">
        <select
          id={id}
          aria-describedby={about}
          value={value.kind}
          onChange={({ target: { value: kind } }) =>
            set(kind === 'agent' ? { kind, agentId: 0 } : kind === 'group' ? { kind, groupId: 0 } : { kind })
          }
        >
          {Object.entries(KINDS).map(([kind, words]) => (
            <option key={kind} value={kind}>
              {words}
            </option>
          ))}
        </select>
        {target !== null && named.length > 0 && (
          <NamedId
            aria-label={target === 'agentId' ? 'The agent' : 'The group'}
            value={given}
            named={named}
            none="Choose one"
            set={(chosen) => set({ kind: value.kind, [target]: chosen ?? 0 })}
          />
        )}
        {target !== null && named.length === 0 && (
          <input
            inputMode="numeric"
            aria-label={target === 'agentId' ? "The agent's id in Freshdesk" : "The group's id in Freshdesk"}
            value={given === 0 ? '' : String(given)}
            onChange={({ target: { value: typed } }) =>
              set({ kind: value.kind, [target]: Number(typed.replaceAll(/\D/g, '')) })
            }
          />
        )}
      </span>
    </>
  );
}
