import { option } from './option.js';
import { oneOf } from './schemas.js';

/** What gives one vector a row, or acts on whole rows. */
const OF_ROWS: readonly (readonly [path: string, why: string])[] = [
  ['vectors', 'it has one vector for each row, and parts need their own'],
  ['graph', 'it has the neighbours of each row, and parts need their own'],
  ['store.uri', 'a collection holds one vector for each row, and parts need their own'],
  ['facet.question', 'its answers are about whole texts'],
  ['edits', 'they move whole rows from topic to topic'],
];

export const splitOptions = {
  split: option({
    schema: oneOf('sentences', 'paragraphs'),
    help: 'parts that each text is divided into, for texts about several things: sentences, or paragraphs between blank lines; parts are clustered, a row gets the topic of most of its text, and `topic_shares` lists all of its topics with their shares',
    unset: 'each text is clustered as a whole',
    flag: '--split <parts>',
    rule: (of) => {
      if (of('split') === undefined) return undefined;
      const idle = OF_ROWS.find(([path]) => of(path) !== undefined);
      return idle && `can't be with \`${idle[0]}\`: ${idle[1]}; leave one of them out`;
    },
  }),
};
