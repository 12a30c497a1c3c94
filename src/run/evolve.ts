import { UserError } from '../errors.js';
import type { Hdbscan } from '../hdbscan/index.js';
import type { Settings } from '../options/table.js';
import type { Analysis } from '../pipeline/analysis.js';
import type { inCanonicalOrder } from '../pipeline/canonical.js';
import type { Clock } from '../pipeline/clock.js';
import { countCopies } from '../pipeline/copies.js';
import { type Corpus, embeddedTexts } from '../pipeline/corpus.js';
import { describe, openTexts } from '../pipeline/describe.js';
import { partsOf } from '../pipeline/facts.js';
import type { Given } from '../pipeline/given-rows.js';
import { type GroupIds, showIds } from '../pipeline/group-ids.js';
import { groupRows, type TreePlan } from '../pipeline/grouping.js';
import { hybridFew } from '../pipeline/hybrid.js';
import type { RunLife } from '../pipeline/life.js';
import { rate } from '../pipeline/quality.js';
import type { ResultParts } from '../pipeline/result-parts.js';
import type { Space } from '../pipeline/vectors.js';
import type { NeighborGraph, Topic } from '../shapes.js';
import type { EarlierGroups } from '../themes/earlier.js';
import { type Groups, sizesOf } from '../themes/groups.js';
import { sameGiven } from './given.js';
import { keepNames } from './kept-names.js';
import { colorsOf } from './lasting-colors.js';
import { followGroups, type Lifecycle } from './lifecycle.js';

/** A run with a life, which an opened one always has. */
export type LivingParts = ResultParts & { life: RunLife };

/** Everything up to the tree, in canonical order, of all rows after a change. */
export interface Regrown {
  corpus: Corpus;
  /** Of the documents, in their own order. */
  space: Space;
  ordered: Awaited<ReturnType<typeof inCanonicalOrder>>;
  graph: NeighborGraph;
  engine: string;
  /** The tree before the cut. */
  whole: Hdbscan;
  plan: TreePlan;
  /** Rows that have a topic which the caller named: they are no part of the tree. */
  given?: Given;
  map: Pick<Analysis, 'points' | 'trustworthiness'>;
  /** Clusters and topics of the run before, by rows of the order, where the new ones should be like them. */
  earlier?: EarlierGroups;
  /** Least overlap with which a group keeps the name that was computed for it; without it, that of the same group. */
  sameName?: number;
  /** Ids that the groups of this cut had before, where it is one that the run had. */
  known?: GroupIds;
  /** Said with the choice of topics: how the rows were placed. */
  note?: string;
}

export interface Evolved {
  parts: LivingParts;
  topics: Lifecycle;
  themes: Lifecycle;
}

/**
 * Cuts the tree of a changed run, names the groups, and gives them the ids and names of the groups that they were. The first
 * documents are those of the run before, in its order.
 */
export async function evolve(
  before: LivingParts,
  regrown: Regrown,
  settings: Settings,
  clock: Clock,
): Promise<Evolved> {
  const { tree, topics, naming, watch } = settings;
  const { corpus, space, ordered, graph, given, earlier, whole, plan, note, sameName = 0, known } = regrown;
  const { vectors } = ordered.space;
  const groups = await clock.time('topics', async () =>
    countCopies(
      await groupRows(whole, { graph, vectors, given, earlier }, plan, tree, watch),
      ordered.counts,
    ),
  );
  if (note)
    groups.grouping.choice = {
      ...groups.grouping.choice,
      topics: `${groups.grouping.choice.topics}; ${note}`,
    };
  const analysis = { ...groups, graph, engine: regrown.engine };
  const { texts } = ordered;
  const about = embeddedTexts(corpus, ordered.order) ?? texts;
  const measured = await clock.time('topics', async () => {
    const describer = await openTexts({ texts: about, vectors, counts: ordered.counts }, topics, watch);
    const described = await describe(describer, about, vectors, groups, naming, watch);
    return rate(texts, analysis, described, watch);
  });
  const rated = measured.withMap(regrown.map);
  const found = ordered.toDocuments(rated.analysis, rated.described);

  const { grouping: old } = before.analysis;
  const { grouping } = found.analysis;
  const { life } = before;
  const named = sameGiven(old, grouping);
  const ofTopics = follow(old.topics, grouping.topics, life.ids.topics, life.nextTopic, {
    known: known?.topics,
    named,
  });
  const ofThemes = follow(old.themes, grouping.themes, life.ids.themes, life.nextTheme, {
    known: known?.themes,
  });
  const grown: RunLife = {
    ids: { topics: ofTopics.ids, themes: ofThemes.ids },
    nextTopic: ofTopics.next,
    nextTheme: ofThemes.next,
    edits: life.edits,
    history: life.history,
    firstCut: life.firstCut,
    ownIds: life.ownIds,
    earlier: life.earlier,
    colors: colorsOf(before, life),
  };
  const was = namesOf(before);
  const outgrown = mostlyNew(grouping.themes, old.themes.labels.length, ofThemes.ids);
  const shown = {
    topics: alike(was.topics, ofTopics, sameName),
    themes: alike(was.themes, ofThemes, sameName).filter(({ id }) => !outgrown.has(id)),
  };
  const findings = { ...found, described: keepNames(found.described, shown, grown) };
  const isSame = space.rows === before.corpus.documents.tableRows.length;
  const hybrid = await clock.time('neighbors', () => hybridFew(space, watch));
  const kept = hybrid ?? (isSame ? before.hybrid : undefined);
  return {
    parts: { ...partsOf(corpus, space, findings, settings, clock.costs, kept), life: grown },
    topics: ofTopics,
    themes: ofThemes,
  };
}

/**
 * Refuses rows for a run whose answers can't be told from its columns, since an earlier version of denscape wrote it.
 * @throws UserError
 */
export function refuseUnknownAnswers({ corpus, facts }: LivingParts): void {
  if (facts.parameters['facet.question'] == null || corpus.answerColumn !== undefined) return;
  throw new UserError(
    'this run embedded answers to a question (facet), and an earlier version of denscape wrote it without the question; cluster all rows again with --facet, which asks about new ones only',
    { code: 'OPTION_INVALID', option: 'facet.question' },
  );
}

/** Topics and themes of a run under the ids that people see. */
export function namesOf({ analysis, described, life }: LivingParts): { topics: Topic[]; themes: Topic[] } {
  const { topics, themeTopics } = showIds(analysis.grouping, described, life.ids);
  return { topics, themes: themeTopics };
}

/** Topic of each document under its id. */
export const idsOf = ({ analysis, life }: LivingParts): Int32Array =>
  analysis.grouping.topics.labels.map((place) => (place < 0 ? -1 : life.ids.topics[place]));

/** Groups that have a successor which overlaps with them so much. */
function alike(groups: readonly Topic[], { events }: Lifecycle, least: number): Topic[] {
  const kept = new Set(events.flatMap(({ id, overlap = 0 }) => (overlap >= least ? [id] : [])));
  return groups.filter(({ id }) => kept.has(id));
}

/**
 * Ids of groups that rows which weren't there before make up by more than half. New rows of any kind join the nearest theme, so that what
 * it was called would say little of it.
 * @param old number of documents before, which are the first
 */
function mostlyNew({ labels, count, size }: Groups, old: number, ids: Int32Array): Set<number> {
  const fresh = sizesOf(labels.subarray(old), count);
  return new Set(ids.filter((_, group) => fresh[group] > size[group] / 2));
}

function follow(
  before: Groups,
  after: Groups,
  ids: Int32Array,
  next: number,
  { known, named }: { known?: Int32Array; named?: { before: number; after: number }[] },
): Lifecycle {
  return followGroups(
    {
      before: before.labels,
      after: after.labels.subarray(0, before.labels.length),
      beforeCount: before.count,
      afterCount: after.count,
      afterSize: after.size,
    },
    ids,
    next,
    // Another version of denscape may make other groups of the same tree.
    { known: known?.length === after.count ? known : undefined, named },
  );
}
