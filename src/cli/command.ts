import { Command, type ErrorOptions } from 'commander';

/** A command that says in one line what is wrong with its arguments, what may be meant, and where its usage is shown. */
export class OneLineCommand extends Command {
  override createCommand(name?: string): OneLineCommand {
    return new OneLineCommand(name);
  }

  override error(message: string, options?: ErrorOptions): never {
    // Commander writes `(Did you mean --model?)` on a second line.
    const line = message
      .replace(/\s*\n\(Did you mean (.*?)\?\)/s, '; did you mean $1?')
      .replace(/\s*\n\s*/g, ' ')
      .replace(/\.$/, '');
    const isAboutArguments = ['commander.missingArgument', 'commander.excessArguments'].includes(
      options?.code ?? '',
    );
    const help = isAboutArguments ? `; usage: ${this.#name} ${this.usage()}` : ` (${this.#name} --help)`;
    return super.error(`${line}${help}`, options);
  }

  /** With the commands that it belongs to, as it is typed. */
  get #name(): string {
    const names: string[] = [];
    for (let command: Command | null = this; command; command = command.parent) names.unshift(command.name());
    return names.join(' ');
  }
}
