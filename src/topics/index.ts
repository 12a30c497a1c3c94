export { withoutSharedWording } from './boilerplate.js';
export {
  type Describer,
  type DescriberOptions,
  describeTopics,
  type Grouping,
  openDescriber,
  type TopicAnswer,
} from './describe.js';
export { nameMixedByTopics } from './mixed-groups.js';
export { type NamingInput, type NamingSettings, nameLevels, nameTopics } from './naming.js';
export type { NamedLevel } from './relatives.js';
export { readStopWords } from './stop-file.js';
export type { ReadTexts } from './tokens.js';
