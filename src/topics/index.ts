export { describeTopics, type TopicAnswer } from './describe.js';
export { type NamingSettings, nameTopics } from './naming.js';
