import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { reachInWords, widened } from '../../../src/domain/reach.ts';
import { PRESETS } from '../../../src/domain/presets.ts';
import { call, Refused, tagOf } from '../api/call.ts';
import { useAnswer } from '../api/queries.ts';
import { useMayWrite } from '../api/signed.ts';
import type { Settings as Values } from '../api/wire.ts';
import { Confirm } from '../parts/Confirm.tsx';
import { Loaded, Trouble } from '../parts/Loaded.tsx';
import { NoAccount } from '../parts/NoAccount.tsx';
import { Page } from '../parts/Page.tsx';
import { useConnection } from '../parts/connection.ts';
import { useHistory, useNames } from './settings-names.ts';
import { plain } from '../words/labels.ts';
import { counted } from '../words/numbers.ts';
import { GROUPS } from '../words/settings.ts';
import { SettingField } from './SettingField.tsx';
import { type Changes, changed, leavesOf, sameValue, valueAt, withChanges } from './settings-values.ts';
import styles from './Settings.module.css';

/** Every setting of an account, with what it does; nothing is changed before it is saved. */
export function Settings() {
  const connection = useConnection();
  return (
    <Page
      title="Settings"
      beside={connection.data === undefined ? null : <span className="faint">{connection.data?.domain}</span>}
    >
      <Loaded query={connection}>
        {(chosen) => (chosen === null ? <NoAccount /> : <Form key={chosen.id} id={chosen.id} />)}
      </Loaded>
    </Page>
  );
}

function Form({ id }: { id: string }) {
  const query = useAnswer('getSettings', { params: { id } });
  return <Loaded query={query}>{(settings) => <Editor id={id} settings={settings} />}</Loaded>;
}

function Editor({ id, settings }: { id: string; settings: Values }) {
  const [changes, setChanges] = useState<Changes>(new Map());
  const [base, setBase] = useState<Values | null>(null);
  const [asking, ask] = useState(false);
  const names = useNames(id);
  const history = useHistory(id);
  const mayWrite = useMayWrite();
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: () => {
      const tag = tagOf(base ?? settings);
      return call(
        'changeSettings',
        { params: { id }, body: withChanges({}, changes) },
        tag === undefined ? {} : { headers: { 'if-match': tag } },
      );
    },
    onSuccess: (saved) => {
      setChanges(new Map());
      setBase(null);
      void history.refetch();
      queries.setQueryData(['getSettings', { params: { id } }], saved);
    },
  });
  const preview = useMutation({
    mutationFn: () => call('previewSettings', { params: { id }, body: withChanges({}, changes) }),
    onSuccess: () => ask(true),
  });
  const after = withChanges(settings, changes);
  const wider = widened(settings, after);
  const error = save.error ?? preview.error;
  const errors = error instanceof Refused ? error.errors : [];
  const groups = Map.groupBy(leavesOf(settings), ({ path }) => path.split('.')[0] ?? '');
  const conflict = base !== null && save.error instanceof Refused && save.error.status === 412;
  const edit = (next: (before: Changes) => Changes) => {
    setBase((before) => before ?? settings);
    save.reset();
    preview.reset();
    setChanges(next);
  };
  const set = (path: string, value: unknown) => edit((before) => changed(before, settings, path, value));
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (wider.length > 0) preview.mutate();
        else save.mutate();
      }}
    >
      <p className="faint">{plain(reachInWords(after))}</p>
      {after.handoff.confidenceThreshold === 'earned' && <Standing id={id} />}
      {mayWrite && <Presets choose={(name) => edit((before) => presetChanges(settings, before, name))} />}
      <fieldset disabled={!mayWrite} className={styles.all}>
        {[...groups].toSorted(byOrder).map(([group, leaves]) => (
          <details key={group} className="card" open={group === 'channels' || group === 'intake'}>
            <summary>
              <h2 className={styles.title}>{GROUPS[group] ?? group}</h2>
            </summary>
            <div className={styles.fields}>
              {leaves.map(({ path }) => (
                <SettingField
                  key={path}
                  path={path}
                  settings={after}
                  names={names}
                  history={history.data?.get(path)}
                  isChanged={changes.has(path)}
                  error={errors.find((one) => one.path === path || one.path.startsWith(`${path}.`))?.message ?? null}
                  set={set}
                />
              ))}
            </div>
          </details>
        ))}
      </fieldset>
      {conflict && (
        <Conflict
          base={base}
          now={settings}
          goOn={() => {
            setBase(settings);
            save.reset();
          }}
        />
      )}
      {error !== null && !conflict && <Trouble error={error} />}
      {mayWrite && (
        <div className={styles.bar}>
          <button className="main" disabled={changes.size === 0 || save.isPending}>
            {changes.size === 0 ? 'Save' : `Save ${counted(changes.size, 'change')}`}
          </button>
          <button
            type="button"
            disabled={changes.size === 0}
            onClick={() => {
              save.reset();
              preview.reset();
              setChanges(new Map());
              setBase(null);
            }}
          >
            Undo
          </button>
          <output className="faint">{save.isSuccess && changes.size === 0 ? 'Saved.' : ''}</output>
        </div>
      )}
      <Confirm
        open={asking}
        title="More customers get public replies"
        act="Save"
        close={() => ask(false)}
        confirmed={() => save.mutate()}
      >
        <ul>
          {wider.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
        {preview.data !== undefined && (
          <p>
            {counted(preview.data.waiting, 'ticket')} wait for the AI. {counted(preview.data.answeredThen, 'ticket')} of
            them may then be answered in public; now it is {preview.data.answeredNow}.
          </p>
        )}
        <p>From then on: {reachInWords(after)}</p>
      </Confirm>
    </form>
  );
}

/** N11: how far public answers are earned. */
function Standing({ id }: { id: string }) {
  const overview = useAnswer('getOverview', { query: { connection: id } }, { poll: false });
  const words = overview.data?.connections[0]?.earned?.words;
  return words === undefined ? null : <p className="faint">{plain(words)}</p>;
}

type ConflictProps = { base: Values; now: Values; goOn: () => void };

/** Somebody else has saved meanwhile: what they changed, before this is saved over it or beside it. */
function Conflict({ base, now, goOn }: ConflictProps) {
  const theirs = leavesOf(now).filter(({ path, value }) => !sameValue(value, valueAt(base, path)));
  return (
    <section className="card stack" role="alert">
      <p>Somebody else has saved settings meanwhile. Nothing of yours is lost, and nothing was saved.</p>
      <ul>
        {theirs.map(({ path, value }) => (
          <li key={path}>
            <code>{path}</code>: {JSON.stringify(valueAt(base, path))} → {JSON.stringify(value)}
          </li>
        ))}
      </ul>
      <div>
        <button type="button" onClick={goOn}>
          I have seen it: keep my changes
        </button>
      </div>
    </section>
  );
}

const ORDER = Object.keys(GROUPS);

function byOrder([one]: [string, unknown], [other]: [string, unknown]): number {
  const place = (group: string) => (ORDER.includes(group) ? ORDER.indexOf(group) : ORDER.length);
  return place(one) - place(other);
}

const PRESET_WORDS: Readonly<Record<keyof typeof PRESETS, readonly [string, string]>> = {
  quick: ['In doubt a person', 'Hands over early: little is answered that is not certain.'],
  balanced: ['Balanced', 'The defaults.'],
  ai_first: ['The AI first', 'Tries first; who asks for a person gets one.'],
  ai_only: ['The AI wherever it can', 'Answers whatever it has a source for.'],
};

function Presets({ choose }: { choose: (name: keyof typeof PRESETS) => void }) {
  return (
    <section aria-label="Presets" className={styles.presets}>
      {(Object.keys(PRESET_WORDS) as (keyof typeof PRESETS)[]).map((name) => (
        <button key={name} type="button" onClick={() => choose(name)}>
          <strong>{PRESET_WORDS[name][0]}</strong> <span className="faint small">{PRESET_WORDS[name][1]}</span>
        </button>
      ))}
    </section>
  );
}

function presetChanges(settings: Values, changes: Changes, name: keyof typeof PRESETS): Changes {
  const { confidenceThreshold, triggers } = PRESETS[name].handoff;
  const wanted: [string, unknown][] = [
    ['handoff.confidenceThreshold', confidenceThreshold],
    ...Object.entries(triggers).map(([key, value]): [string, unknown] => [`handoff.triggers.${key}`, value]),
  ];
  return wanted.reduce((before, [path, value]) => changed(before, settings, path, value), changes);
}
