namespace ExchangeHub.Node; public static class Program { public static void Main() { } }
