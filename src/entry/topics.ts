// `denscape/topics`: keywords, names and examples of groups of texts.
export type { OnProgress, Progress, Stage, Watch } from '../progress.js';
export type { Matrix, Topic } from '../shapes.js';
export {
  type Describer,
  describeTopics,
  type Grouping,
  type NamingSettings,
  nameTopics,
  openDescriber,
  type TopicAnswer,
} from '../topics/index.js';
export * from './errors.js';
