using YamlDotNet.RepresentationModel;

namespace ExchangeHub.UnitTests.House;

/// <summary>docker-compose.yml where no engine runs: its shape is read here, its schema is checked by the compose client in test.sh.</summary>
public sealed class ComposeFileTests
{
    static readonly YamlMappingNode Services = Read();

    [Theory]
    [InlineData("postgres", "EXCHANGEHUB_POSTGRES_IMAGE")]
    [InlineData("rabbitmq", "EXCHANGEHUB_RABBITMQ_IMAGE")]
    public void Compose_scripts_and_tests_run_the_same_images(string service, string name)
    {
        var pinned = File.ReadLines(Repository.PathOf("deploy/images.env")).Single(l => l.StartsWith(name + "=", StringComparison.Ordinal))[(name.Length + 1)..];
        Value(Services[service], "image").ShouldBe(pinned);
        pinned.ShouldContain(":", customMessage: "an image without a version is another one tomorrow");
    }

    [Fact]
    public void Ports_are_open_on_loopback_only()
    {
        var ports = Services.Children.Values.OfType<YamlMappingNode>()
            .Where(s => s.Children.ContainsKey("ports"))
            .SelectMany(s => (YamlSequenceNode)s["ports"])
            .Select(p => ((YamlScalarNode)p).Value!)
            .ToList();
        ports.ShouldNotBeEmpty();
        ports.ShouldAllBe(p => p.StartsWith("127.0.0.1:", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("hub", "hub:/data/hub")]
    [InlineData("node", "node:/data/node")]
    public void Hub_and_node_host_see_their_own_folder_and_no_other_as_users_of_their_own(string service, string folder)
    {
        ((YamlSequenceNode)Services[service]["volumes"]).Select(v => ((YamlScalarNode)v).Value).ShouldBe([folder]);
        Value(Services[service], "user").ShouldNotBe(Value(Services[service == "hub" ? "node" : "hub"], "user"));
    }

    static string Value(YamlNode node, string key) => ((YamlScalarNode)node[key]).Value!;

    static YamlMappingNode Read()
    {
        var yaml = new YamlStream();
        using var text = File.OpenText(Repository.PathOf("docker-compose.yml"));
        yaml.Load(text);
        return (YamlMappingNode)yaml.Documents[0].RootNode["services"];
    }
}
