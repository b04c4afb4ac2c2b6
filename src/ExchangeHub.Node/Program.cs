return await ExchangeHub.Node.NodeApp.RunAsync(args);
