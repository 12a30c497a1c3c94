export { withoutSharedWording } from './boilerplate.js';
export {
  type Describer,
  describeTopics,
  type Grouping,
  openDescriber,
  type TopicAnswer,
} from './describe.js';
export { type NamingSettings, nameTopics } from './naming.js';
export { readStopWords } from './stop-file.js';
