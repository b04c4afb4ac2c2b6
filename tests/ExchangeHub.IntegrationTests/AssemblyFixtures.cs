// One pair of servers for all tests of this assembly.
[assembly: AssemblyFixture(typeof(TestServers))]
