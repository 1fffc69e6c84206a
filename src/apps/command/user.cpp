#include <memory>

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "apps/command/admin.h"
#include "gateway/api/representations.h"
#include "services/accounts/account_admin.h"

namespace syncwatch::apps {
namespace {

namespace json = boost::json;

struct UserArguments {
    std::string name;
    std::string confirm;
    bool admin = false;
    bool off = false;
};

AccountAdmin accounts_of(Admin& admin) {
    Powers& p = admin.powers();
    return AccountAdmin({p.accounts, p.rooms, p.hasher, p.audit, admin.bus(), p.clock, p.random});
}

/// Says what was done to one account.
void tell(const Invocation& invocation, const Account& account, const std::string& what) {
    invocation.out.line(fmt::format("{} {}", account.username, what));
    invocation.out.set("user", http::user_json(account));
}

Outcome<> list_users(Invocation& invocation) {
    auto admin = Admin::open(invocation);
    if (!admin) return tl::unexpected<Failure>(admin.error());
    auto accounts = accounts_of(**admin);
    const auto found = (*admin)->run(accounts.list());
    if (!found) return tl::unexpected<Failure>(found.error());
    std::vector<std::vector<std::string>> rows;
    json::array users;
    for (const Account& each : *found) {
        rows.push_back({each.username, each.admin ? "admin" : "", format_rfc3339(each.created_at),
                        each.display_name});
        users.push_back(http::user_json(each));
    }
    invocation.out.line(table({"NAME", "RIGHTS", "CREATED", "SHOWN AS"}, rows));
    invocation.out.set("users", std::move(users));
    return {};
}

Outcome<> add_account(Invocation& invocation, const UserArguments& arguments) {
    auto admin = Admin::open(invocation);
    if (!admin) return tl::unexpected<Failure>(admin.error());
    auto password = read_password("Password of " + arguments.name);
    if (!password) return tl::unexpected<Failure>(password.error());
    auto accounts = accounts_of(**admin);
    const auto made =
        (*admin)->run(accounts.add(arguments.name, *std::move(password), arguments.admin));
    if (!made) return tl::unexpected<Failure>(made.error());
    tell(invocation, *made, made->admin ? "was added, an admin" : "was added");
    return {};
}

Outcome<> remove_account(Invocation& invocation, const UserArguments& arguments) {
    auto admin = Admin::open(invocation);
    if (!admin) return tl::unexpected<Failure>(admin.error());
    auto sure = confirm("removing " + arguments.name + " with all their rooms and films",
                        arguments.name, arguments.confirm);
    if (!sure) return sure;
    auto accounts = accounts_of(**admin);
    const auto removed = (*admin)->run(accounts.remove(arguments.name));
    if (!removed) return tl::unexpected<Failure>(removed.error());
    tell(invocation, *removed, "was removed; their films follow when the server runs");
    return {};
}

Outcome<> reset_password(Invocation& invocation, const UserArguments& arguments) {
    auto admin = Admin::open(invocation);
    if (!admin) return tl::unexpected<Failure>(admin.error());
    auto password = read_password("New password of " + arguments.name);
    if (!password) return tl::unexpected<Failure>(password.error());
    auto accounts = accounts_of(**admin);
    const auto changed =
        (*admin)->run(accounts.reset_password(arguments.name, *std::move(password)));
    if (!changed) return tl::unexpected<Failure>(changed.error());
    tell(invocation, *changed, "has a new password and is signed out everywhere");
    return {};
}

Outcome<> set_admin(Invocation& invocation, const UserArguments& arguments) {
    auto admin = Admin::open(invocation);
    if (!admin) return tl::unexpected<Failure>(admin.error());
    auto accounts = accounts_of(**admin);
    const auto changed = (*admin)->run(accounts.set_admin(arguments.name, !arguments.off));
    if (!changed) return tl::unexpected<Failure>(changed.error());
    tell(invocation, *changed, changed->admin ? "is an admin" : "is no admin");
    return {};
}

using UserAction = Outcome<> (*)(Invocation&, const UserArguments&);

/// A command about one account, named by its user name.
CLI::App* add_user_command(CLI::App& parent, const char* name, const char* help, UserAction action,
                           const std::shared_ptr<UserArguments>& arguments, Command& chosen) {
    CLI::App* command = parent.add_subcommand(name, help);
    command->add_option("name", arguments->name, "User name")->required();
    command->callback([&chosen, arguments, action] {
        chosen.run = [arguments, action](Invocation& invocation) {
            return action(invocation, *arguments);
        };
    });
    return command;
}

}  // namespace

void add_user(CLI::App& app, Command& chosen) {
    CLI::App* user = app.add_subcommand(
        "user",
        "Accounts: list, add, remove, reset a password, make an admin. Works beside a "
        "running server.");
    user->require_subcommand(1);
    user->add_subcommand("list", "Every account")->callback([&chosen] { chosen.run = list_users; });
    const auto arguments = std::make_shared<UserArguments>();
    add_user_command(
        *user, "add",
        "Add an account; the first one is always an admin's. The password is asked for, or "
        "read from stdin.",
        add_account, arguments, chosen)
        ->add_flag("--admin", arguments->admin, "Make it an admin's");
    add_user_command(*user, "remove", "Remove an account with its rooms, films and sessions",
                     remove_account, arguments, chosen)
        ->add_option("--confirm", arguments->confirm, "The user name again, instead of asking")
        ->type_name("NAME");
    add_user_command(
        *user, "password",
        "Give an account a new password and end its sessions. The password is asked for, or "
        "read from stdin.",
        reset_password, arguments, chosen);
    add_user_command(*user, "admin", "Make an account an admin's", set_admin, arguments, chosen)
        ->add_flag("--off", arguments->off, "Take it back");
}

}  // namespace syncwatch::apps
