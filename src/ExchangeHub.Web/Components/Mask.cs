namespace ExchangeHub.Web.Components;

/// <summary>A person's data as it stands in lists and pages before anybody said why it must be seen.</summary>
public static class Mask
{
    static readonly string[] TwoCharacterSurnames =
        ["欧阳", "司马", "上官", "诸葛", "司徒", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "夏侯", "长孙", "宇文", "轩辕", "端木", "独孤", "南宫", "申屠", "呼延"];

    /// <summary>The surname, then one star for each character more.</summary>
    public static string Name(string name)
    {
        var trimmed = name.Trim();
        if (trimmed.Length == 0)
            return "";
        var shown = trimmed.Length > 2 && TwoCharacterSurnames.Contains(trimmed[..2]) ? 2 : 1;
        return trimmed[..shown] + new string('*', Math.Clamp(trimmed.Length - shown, 1, 6));
    }

    /// <summary>An address: the place it begins with; street and door are hidden.</summary>
    public static string Address(string address)
    {
        var trimmed = address.Trim();
        const int shown = 6;
        return trimmed.Length == 0 ? "" : trimmed.Length > shown ? trimmed[..shown] + "****" : "****";
    }

    /// <summary>An identity or certificate number: the place it begins with and its end; the birthday is hidden.</summary>
    public static string Number(string number)
    {
        var trimmed = number.Trim();
        return trimmed.Length switch
        {
            0 => "",
            >= 15 => trimmed[..6] + new string('*', trimmed.Length - 10) + trimmed[^4..],
            >= 6 => trimmed[..2] + new string('*', trimmed.Length - 4) + trimmed[^2..],
            _ => new string('*', trimmed.Length),
        };
    }
}
