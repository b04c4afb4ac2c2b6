using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Npgsql;

namespace ExchangeHub.Web.Accounts;

/// <summary>Keeps the keys that protect sign-in cookies and form tokens in the application's own database.</summary>
sealed class CookieKeys(NpgsqlDataSource source) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var command = source.CreateCommand("select xml from people.protection_keys order by name");
        using var row = command.ExecuteReader();
        var keys = new List<XElement>();
        while (row.Read())
            keys.Add(XElement.Parse(row.GetString(0)));
        return keys;
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var command = source.CreateCommand("insert into people.protection_keys (name, xml) values ($1, $2) on conflict (name) do nothing");
        command.Add(friendlyName).Add(element.ToString(SaveOptions.DisableFormatting));
        command.ExecuteNonQuery();
    }
}
