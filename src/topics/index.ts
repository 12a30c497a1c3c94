export { describeTopics, type TopicAnswer, type TopicInput } from './describe.js';
