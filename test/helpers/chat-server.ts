import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as an OpenAI-compatible endpoint receives it. */
export interface Asked {
  model: string;
  messages: { role: string; content: string }[];
  temperature?: number;
  max_tokens?: number;
  max_completion_tokens?: number;
  response_format?: { type: string; json_schema: { schema: object } };
}

type Answer = (asked: Asked, response: ServerResponse, request: IncomingMessage, nth: number) => void;

export interface ChatServer {
  baseUrl: string;
  requests: Asked[];
  /** Authorization header of each request, '' where there is none. */
  keys: string[];
  answer: Answer;
  close(): Promise<void>;
}

/** Plays the endpoint; `answer` may be replaced at any time. */
export async function startChatServer(answer: Answer = () => {}): Promise<ChatServer> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const asked: Asked = body === '' ? { model: '', messages: [] } : JSON.parse(body);
      chat.requests.push(asked);
      chat.keys.push(request.headers.authorization ?? '');
      chat.answer(asked, response, request, chat.requests.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const chat: ChatServer = {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests: [],
    keys: [],
    answer,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return chat;
}

/** Responds with a completion; an object is sent as JSON. */
export function say(response: ServerResponse, content: unknown, usage?: { total_tokens: number }): void {
  const text = typeof content === 'object' ? JSON.stringify(content) : content;
  response.end(JSON.stringify({ choices: [{ message: { role: 'assistant', content: text } }], usage }));
}

/** What the user's message of a request holds. */
export const promptOf = ({ messages }: Asked): string => messages[1].content;
