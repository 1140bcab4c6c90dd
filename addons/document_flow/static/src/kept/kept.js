import {FormController} from "@web/views/form/form_controller";
import {KanbanController} from "@web/views/kanban/kanban_controller";
import {ListController} from "@web/views/list/list_controller";
import {patch} from "@web/core/utils/patch";

/** *Delete* in a menu, unless one of these records is kept (``document.kept.mixin``). */
function askFirst(items, getRecords) {
    const offered = items.delete?.isAvailable;
    if (offered) {
        items.delete.isAvailable = () =>
            offered() && !getRecords().some(({data}) => data.is_kept);
    }
    return items;
}

patch(FormController.prototype, {
    getStaticActionMenuItems() {
        const items = super.getStaticActionMenuItems();
        return askFirst(items, () => [this.model.root]);
    },
});

patch(ListController.prototype, {
    getStaticActionMenuItems() {
        const items = super.getStaticActionMenuItems();
        return askFirst(items, () => this.model.root.selection);
    },
});

patch(KanbanController.prototype, {
    getStaticActionMenuItems() {
        const items = super.getStaticActionMenuItems();
        return askFirst(items, () => this.model.root.selection);
    },
});
