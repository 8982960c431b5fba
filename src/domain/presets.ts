import type { Settings } from './settings.ts';

/** How readily tickets go to people: a name for a bundle of switches that can all be set by themselves, too. */
type Preset = 'ai_only' | 'quick' | 'balanced' | 'ai_first';

type Switches = Pick<Settings['handoff'], 'confidenceThreshold' | 'triggers'>;

/** What each sets, and nothing else. The safety topics go to people with every one of them (H6). */
export const PRESETS: Readonly<Record<Preset, { handoff: Switches }>> = {
  /** The AI answers whatever it has a source for; people get the rest. */
  ai_only: {
    handoff: {
      confidenceThreshold: 0.3,
      triggers: { explicitRequest: false, frustration: false, lowConfidence: false },
    },
  },
  /** The AI tries first; who asks for a person gets one. */
  ai_first: {
    handoff: {
      confidenceThreshold: 0.45,
      triggers: { explicitRequest: true, frustration: false, lowConfidence: true },
    },
  },
  /** The defaults. */
  balanced: {
    handoff: {
      confidenceThreshold: 'earned',
      triggers: { explicitRequest: true, frustration: true, lowConfidence: true },
    },
  },
  /** In doubt a person, quickly. */
  quick: {
    handoff: { confidenceThreshold: 0.8, triggers: { explicitRequest: true, frustration: true, lowConfidence: true } },
  },
};

export function isPreset(name: string): name is Preset {
  return Object.hasOwn(PRESETS, name);
}
