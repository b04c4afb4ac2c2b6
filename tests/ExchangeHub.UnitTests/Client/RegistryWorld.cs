using System.Text.Json;
using ExchangeHub.Client;
using ExchangeHub.Client.Jose;
using ExchangeHub.Client.Registry;
using ExchangeHub.Contracts;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace ExchangeHub.UnitTests.Client;

/// <summary>A registrar, a hub and counties that enrol, in a folder and a time of their own.</summary>
public abstract class RegistryWorld : IDisposable
{
    protected const string Hub = "hub.lead";
    protected const string A = "330109";
    protected const string B = "340221";

    protected readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero));
    protected readonly string folder = Directory.CreateTempSubdirectory("exchangehub").FullName;
    protected readonly SigningKey hubKey = SigningKey.Create();
    protected readonly Clocks clocks;
    protected readonly Registrar registrar;
    protected readonly KeyRing atStart;
    protected KeyRing hub;

    protected RegistryWorld()
    {
        clocks = new Clocks(time, time);
        registrar = Registrar.OpenOrCreate(Path.Combine(folder, "registrar"), Hub, clocks);
        atStart = KeyRing.Pinned(Hub, registrar.Public);
        hub = atStart.Accept(registrar.AddHub(hubKey.Public)).Ring;
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        hubKey.Dispose();
        registrar.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    protected CountyFolder Enrolled(string party)
    {
        var invitation = registrar.Invite(party, "http://127.0.0.1:1", "amqp://127.0.0.1:1/v");
        var county = CountyFolder.Create(Path.Combine(folder, party), invitation, "secret");
        Publish(registrar.Accept(county.Enrol(invitation.Code, clocks.Now), out var failure));
        failure.ShouldBe(EnrolmentFailure.None);
        return county;
    }

    /// <summary>The registrar's folder as a copy would hold it.</summary>
    protected string CopyOfTheBook()
    {
        var copy = Directory.CreateDirectory(Path.Combine(folder, "copy")).FullName;
        foreach (var file in new[] { "registrar.json", "registrar.pem" })
            File.Copy(Path.Combine(folder, "registrar", file), Path.Combine(copy, file));
        return copy;
    }

    protected void Publish(RegistryUpdate? update)
    {
        var change = hub.Accept(update.ShouldNotBeNull());
        change.Verdict.ShouldBe(RingVerdict.Accepted);
        hub = change.Ring;
    }

    // A node: the snapshot and the entries it asks for, over JSON as they travel.
    protected KeyRing NodeOf(params string[] parties) => parties.Aggregate(atStart.Accept(Travel(hub.View())).Ring,
        (ring, party) => ring.AcceptEntry(party, Travel(hub.EntryOf(party, [])!)).Ring);

    static RegistryView Travel(RegistryView view) => JsonSerializer.Deserialize(JsonSerializer.Serialize(view, ContractsJson.Default.RegistryView), ContractsJson.Default.RegistryView)!;

    static EntryView Travel(EntryView view) => JsonSerializer.Deserialize(JsonSerializer.Serialize(view, ContractsJson.Default.EntryView), ContractsJson.Default.EntryView)!;
}
