return await ExchangeHub.Cli.Commands.CommandLine.Create().Parse(args).InvokeAsync();
