namespace ExchangeHub.UnitTests.House;

public sealed class ServersChoiceTests
{
    [Fact]
    public void Existing_servers_are_used_without_asking_for_a_Docker_engine() =>
        ServersChoice.Choose(variablesSet: 3, engineAnswers: () => throw new InvalidOperationException("asked")).ShouldBe(ServersSource.Existing);

    [Fact]
    public void Containers_are_used_where_an_engine_answers() =>
        ServersChoice.Choose(variablesSet: 0, engineAnswers: () => true).ShouldBe(ServersSource.Containers);

    [Fact]
    public void Private_servers_are_used_where_none_answers_even_with_a_client_installed() =>
        ServersChoice.Choose(variablesSet: 0, engineAnswers: () => false).ShouldBe(ServersSource.Private);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Half_a_pair_is_refused_with_the_names_of_all_three_variables(int variablesSet) =>
        Should.Throw<InvalidOperationException>(() => ServersChoice.Choose(variablesSet, () => true))
            .Message.ShouldContain("EXCHANGEHUB_RABBITMQ_MANAGEMENT");
}
