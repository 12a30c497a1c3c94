export { describeTopics, type TopicAnswer, type TopicInput } from './describe.js';
export { type NamingSettings, nameTopics } from './naming.js';
